// The whole suite in one process: its parts share a server and a browser, and run one after another.
import './shared.mjs';
import './deeds.mjs';
import './security.mjs';
import './looks.mjs';
