// Runs before the first paint, so that a chosen theme or language never flashes as another one, and asks for the
// page's own files and data while the entry is still on its way. The build fills in the two lists.
var root = document.documentElement;
var language = navigator.language || 'en';
try {
  var theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  language = localStorage.getItem('language') || language;
} catch (error) {
  // Storage may be forbidden; the defaults are fine then.
}
var short = /^zh/i.test(language) ? 'zh' : 'en';
root.lang = short === 'zh' ? 'zh-CN' : 'en';

var pages = /* pages */ [];
var languages = /* languages */ {};
var page = pages.find(function (entry) {
  return new RegExp(entry[0]).test(location.pathname);
});
var files = (languages[short] || []).concat((page && page[1]) || []);
// What the page asks the server depends on a query, which only its code can read.
var questions = ((page && page[2]) || []).slice(0, location.search ? 1 : undefined);
files.concat(questions).forEach(function (path) {
  var link = document.createElement('link');
  var isScript = /\.js$/.test(path);
  link.rel = isScript ? 'modulepreload' : 'preload';
  // As the files themselves are asked for; another way would fetch them twice.
  link.crossOrigin = '';
  if (!isScript) link.as = /\.css$/.test(path) ? 'style' : 'fetch';
  link.href = path;
  document.head.appendChild(link);
});
