// Runs before the first paint, so that a chosen theme or language never flashes as another one, and asks for the
// page's own files while the entry is still on its way. The build fills in the two lists.
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
(languages[short] || []).concat((page && page[1]) || []).forEach(function (path) {
  var link = document.createElement('link');
  var isStyle = /\.css$/.test(path);
  link.rel = isStyle ? 'preload' : 'modulepreload';
  // As the files themselves are asked for; another way would fetch them twice.
  link.crossOrigin = '';
  if (isStyle) link.as = 'style';
  link.href = path;
  document.head.appendChild(link);
});
