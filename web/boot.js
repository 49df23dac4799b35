// Asks for the page's own files and data while the entry is still on its way, and sets the theme and the language before
// the first paint, so that nothing flashes. The build fills in the two lists.
var root = document.documentElement;
var pages = /* pages */ [];
var languages = /* languages */ {};
var shortOf = function (language) {
  return /^zh/i.test(language || 'en') ? 'zh' : 'en';
};
var ask = function (path) {
  var link = document.createElement('link');
  var isScript = /\.js$/.test(path);
  link.rel = isScript ? 'modulepreload' : 'preload';
  // As the files themselves are asked for; another way would fetch them twice.
  link.crossOrigin = '';
  if (!isScript) link.as = /\.css$/.test(path) ? 'style' : 'fetch';
  link.href = path;
  document.head.appendChild(link);
};
var page = pages.find(function (entry) {
  return new RegExp(entry[0]).test(location.pathname);
});
var guessed = shortOf(navigator.language);
(languages[guessed] || []).concat((page && page[1]) || []).forEach(ask);
// What the page asks the server depends on a query, which only its code can read.
((page && page[2]) || []).slice(0, location.search ? 1 : undefined).forEach(ask);

// Only now, since a browser opens its storage when it is first read, which takes as long as all of the above.
var language = null;
try {
  var theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  language = localStorage.getItem('language');
} catch (error) {
  // Storage may be forbidden; the defaults are fine then.
}
var short = shortOf(language || navigator.language);
if (short !== guessed) (languages[short] || []).forEach(ask);
root.lang = short === 'zh' ? 'zh-CN' : 'en';
