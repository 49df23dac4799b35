// The whole suite in one process: its parts share a server and a browser, and run one after another.
import './shared.mjs';
// First: the fewer tasks there are, the less axe has to look through.
import './looks.mjs';
import './deeds.mjs';
import './keys.mjs';
import './bulk.mjs';
import './runs.mjs';
import './focus.mjs';
import './form.mjs';
import './lists.mjs';
import './times.mjs';
import './security.mjs';
import './executions.mjs';
import './outputs.mjs';
import './large-outputs.mjs';
import './tabs.mjs';
import './connection.mjs';
import './loading.mjs';
import './attention.mjs';
import './overview.mjs';
import './admin.mjs';
import './chinese.mjs';
import './plain.mjs';
import './weight.mjs';
