// Comfort only: every page works without this file.
(function () {
  'use strict';
  var all = function (sel, root) { return Array.prototype.slice.call((root || document).querySelectorAll(sel)); };

  // An error summary takes the focus, so that nobody has to look for it.
  function errors() {
    var box = document.getElementById('errors');
    if (box) box.focus();
    if (!box) return;
    all('a[href^="#"]', box).forEach(function (a) {
      a.addEventListener('click', function (e) {
        var input = document.getElementById(a.hash.slice(1));
        if (!input) return;
        e.preventDefault();
        (input.closest('.field') || input).scrollIntoView();
        input.focus({ preventScroll: true });
      });
    });
  }

  // A second press within two seconds is dropped; the label stays as it is.
  function pressOnce() {
    var busy = new WeakMap();
    document.addEventListener('submit', function (e) {
      var form = e.target;
      if ((form.getAttribute('method') || '').toLowerCase() !== 'post') return;
      if (busy.has(form)) { e.preventDefault(); return; }
      busy.set(form, true);
      var buttons = all('button', form);
      setTimeout(function () { buttons.forEach(function (b) { b.setAttribute('aria-disabled', 'true'); }); }, 0);
      setTimeout(function () {
        busy.delete(form);
        buttons.forEach(function (b) { b.removeAttribute('aria-disabled'); });
      }, 2000);
    }, true);
    // A page that comes back from the browser's memory starts afresh.
    window.addEventListener('pageshow', function (e) {
      if (e.persisted) all('[aria-disabled]').forEach(function (b) { b.removeAttribute('aria-disabled'); });
    });
  }

  function copying(root) {
    if (!navigator.clipboard) return;
    all('[data-copy]', root).forEach(function (el) {
      var b = document.createElement('button');
      b.type = 'button';
      b.className = 'copy';
      b.textContent = el.dataset.copy;
      b.setAttribute('aria-live', 'polite');
      b.addEventListener('click', function () {
        navigator.clipboard.writeText(el.textContent.trim()).then(function () {
          b.textContent = el.dataset.copied;
          setTimeout(function () { b.textContent = el.dataset.copy; }, 3000);
        });
      });
      el.after(b);
    });
  }

  // A live part is fetched again as it is on the page; it can be paused, and
  // waits while the tab is hidden or somebody works in it.
  function live() {
    all('.live[data-every]').forEach(function (bar) {
      var target = bar.dataset.target, paused = false, b = document.createElement('button');
      b.type = 'button';
      b.className = 'link-button';
      b.textContent = bar.dataset.pause;
      b.addEventListener('click', function () {
        paused = !paused;
        b.textContent = paused ? bar.dataset.resume : bar.dataset.pause;
      });
      bar.append(b);
      setInterval(function () {
        var old = document.getElementById(target);
        if (paused || document.hidden || !old || old.contains(document.activeElement)) return;
        fetch(location.href, { headers: { 'X-Refresh': '1' } }).then(function (r) {
          return r.ok && !r.redirected ? r.text() : '';
        }).then(function (text) {
          if (!text || old.contains(document.activeElement)) return;
          var page = new DOMParser().parseFromString(text, 'text/html');
          var fresh = page.getElementById(target), stamp = page.querySelector('.live span');
          if (fresh) { old.replaceWith(document.importNode(fresh, true)); copying(document.getElementById(target)); }
          if (stamp) bar.querySelector('span').textContent = stamp.textContent;
        }).catch(function () { /* the printed time says how old the page is */ });
      }, Math.max(10, +bar.dataset.every) * 1000);
    });
  }

  function bulk() {
    all('form[data-bulk]').forEach(function (form) {
      var count = form.querySelector('.bulk-count');
      var boxes = function () { return all('.tick input', form); };
      var show = function () {
        if (count) count.textContent = count.dataset.text.replace('#', boxes().filter(function (b) { return b.checked; }).length);
      };
      form.addEventListener('change', show);
      all('[data-tick-page]', form).forEach(function (a) {
        a.addEventListener('click', function (e) {
          e.preventDefault();
          var on = boxes().some(function (b) { return !b.checked; });
          boxes().forEach(function (b) { b.checked = on; });
          show();
        });
      });
      show();
    });
  }

  // Photographs above the limit are made smaller before they are sent; the way
  // of the file is told in words.
  function shrink(file, max, done) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) return done(file);
    createImageBitmap(file).then(function (img) {
      var scale = Math.min(1, 2400 / Math.max(img.width, img.height)), c = document.createElement('canvas');
      c.width = Math.round(img.width * scale);
      c.height = Math.round(img.height * scale);
      c.getContext('2d').drawImage(img, 0, 0, c.width, c.height);
      c.toBlob(function (blob) {
        var name = file.name.replace(/\.\w+$/, '') + '.jpg';
        done(blob && blob.size < file.size ? new File([blob], name, { type: 'image/jpeg' }) : file);
      }, 'image/jpeg', 0.85);
    }).catch(function () { done(file); });
  }

  function send(form, data, input, say) {
    var x = new XMLHttpRequest(), to = new URL(form.getAttribute('action') || '', location.href).href;
    x.open('POST', to);
    x.upload.addEventListener('progress', function (e) {
      if (e.lengthComputable) say(input.dataset.progress.replace('{n}', Math.floor(e.loaded / e.total * 100)));
    });
    x.addEventListener('load', function () {
      say(input.dataset.arrived);
      if (x.responseURL && x.responseURL !== to) { location.assign(x.responseURL); return; }
      document.open();
      document.write(x.responseText);
      document.close();
    });
    x.addEventListener('error', function () { say(input.dataset.broken); });
    x.send(data);
  }

  function uploads() {
    all('form[enctype="multipart/form-data"]').forEach(function (form) {
      var input = form.querySelector('input[type=file][data-max]');
      if (!input) return;
      var line = document.createElement('p');
      line.className = 'upload-state';
      line.setAttribute('role', 'status');
      input.after(line);
      var say = function (s) { line.textContent = s; };
      form.addEventListener('submit', function (e) {
        var file = input.files[0], by = e.submitter;
        if (e.defaultPrevented || !file || (by && by.hasAttribute('formaction'))) return;
        e.preventDefault();
        var data = new FormData(form);
        if (by && by.name) data.append(by.name, by.value);
        if (file.size <= +input.dataset.max * 1048576) return send(form, data, input, say);
        say(input.dataset.smaller);
        shrink(file, +input.dataset.max, function (f) { data.set(input.name, f, f.name); send(form, data, input, say); });
      });
    });
  }

  // Five minutes before the session ends the line turns into a warning with one button.
  function session() {
    var el = document.querySelector('[data-expires]');
    if (!el) return;
    var warn = +el.dataset.expires * 1000 - 300000;
    var timer = setTimeout(function show() {
      el.classList.add('soon');
      el.setAttribute('role', 'alert');
      el.textContent = el.dataset.warn + ' ';
      var b = document.createElement('button');
      b.type = 'button';
      b.className = 'button';
      b.textContent = el.dataset.stay;
      b.addEventListener('click', function () {
        fetch(location.href, { headers: { 'X-Refresh': '1' } }).then(function (r) { return r.text(); }).then(function (text) {
          var next = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-expires]');
          if (!next) { location.reload(); return; }
          el.replaceWith(document.importNode(next, true));
          clearTimeout(timer);
          session();
        });
      });
      el.append(b);
    }, Math.max(0, Math.min(warn, 2147483647)));
  }

  // A form marked data-swap is sent without leaving the page: what the answer has
  // in main is put here, and the focus goes back to the row that was worked on.
  function swaps() {
    document.addEventListener('submit', function (e) {
      var form = e.target, by = e.submitter, main = form.closest('main');
      if (!form.dataset.swap || !main || e.defaultPrevented) return;
      e.preventDefault();
      var data = new URLSearchParams(new FormData(form)), row = data.get('row');
      if (by && by.name) data.append(by.name, by.value);
      fetch(form.getAttribute('action'), { method: 'POST', body: data }).then(function (r) {
        return r.text().then(function (text) {
          var fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
          if (!fresh || !fresh.querySelector('#' + form.dataset.swap)) { location.assign(r.url); return; }
          main.replaceChildren.apply(main, Array.prototype.slice.call(document.importNode(fresh, true).childNodes));
          uploads();
          var at = row && document.getElementById('row-' + row);
          var again = at && by && (at.querySelector('button[value="' + by.value + '"]') || at.querySelector('a, button'));
          if (again) again.focus();
        });
      }).catch(function () { location.reload(); });
    });
  }

  errors();
  pressOnce();
  swaps();
  uploads();
  copying(document);
  live();
  bulk();
  session();
})();
