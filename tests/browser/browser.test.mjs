// The whole suite in one process: its parts share a server and a browser, and run one after another.
import './shared.mjs';
import './deeds.mjs';
import './security.mjs';
import './outputs.mjs';
import './attention.mjs';
import './admin.mjs';
import './plain.mjs';
import './looks.mjs';
import './weight.mjs';
