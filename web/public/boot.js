// Runs before the first paint, so that a chosen theme or language never flashes as another one.
try {
  var root = document.documentElement;
  var theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  var language = localStorage.getItem('language') || navigator.language || 'en';
  root.lang = /^zh/i.test(language) ? 'zh-CN' : 'en';
} catch (error) {
  // Storage may be forbidden; the defaults are fine then.
}
