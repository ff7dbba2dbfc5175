// The style guide in a real browser: every component, every size, every width.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import {
  axe, desk, focusSeen, launch, letters, narrow, noSideways, open, ordered, phone, quiet, serveGuide, shot, spacing, targets, turned, weight,
} from './lib.mjs';

const publicPages = ['', '/home', '/search', '/search?state=empty', '/form', '/form?state=error', '/ask', '/check', '/records', '/licence', '/licence?state=void', '/confirm'];
const staffPages = ['/desk', '/desk?state=empty', '/desk?state=error', '/case', '/counter', '/figures'];
const otherPages = ['/wall', '/kiosk', '/nowhere'];
const body = { standard: 17, elder: 24, large: 30 };
const touch = { standard: 48, elder: 60, large: 60 };
// Where each size of letters is looked at: the larger ones where they have least room, and one of them where they have most.
const views = { standard: { narrow, phone, desk }, elder: { narrow, desk }, large: { narrow } };
const name = (p) => p.replace(/\W+/g, '-').replace(/^-/, '') || 'index';

let browser, server, base;
before(async () => {
  server = await serveGuide();
  browser = await launch();
  base = `${server.url}/_ui`;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// tour runs checks on pages, one after the other in one context, and always closes it.
async function tour(paths, options, checks) {
  const page = await open(browser, server.url, options);
  try {
    for (const path of paths) {
      await page.goto(base + path);
      await checks(page, path);
      quiet(page);
    }
  } finally {
    await page.context().close();
  }
}

// visit runs checks on one page.
const visit = (path, options, checks) => tour([path], options, checks);

describe('public pages', () => {
  for (const size of ['standard', 'elder', 'large']) {
    for (const [view, viewport] of Object.entries(views[size])) {
      test(`${size}, ${viewport.width} wide`, async () => {
        await tour(publicPages, { viewport, size }, async (page, path) => {
          await ordered(page);
          await noSideways(page);
          await targets(page, touch[size]);
          await letters(page, body[size]);
          if (viewport !== narrow || size === 'large') await axe(page);
          await shot(page, `${name(path)}-${size}-${view}`);
          await spacing(page);
        });
      });
    }
  }
});

describe('staff pages', () => {
  for (const size of ['standard', 'elder', 'large']) {
    for (const [view, viewport] of Object.entries(views[size])) {
      test(`${size}, ${viewport.width} wide`, async () => {
        await tour(staffPages, { viewport, size }, async (page, path) => {
          await ordered(page);
          await noSideways(page);
          await targets(page, 24);
          await letters(page, { standard: 14, elder: 17, large: 24 }[size]);
          if (viewport !== narrow || size === 'large') await axe(page);
          await shot(page, `${name(path)}-${size}-${view}`);
          await spacing(page);
        });
      });
    }
  }
});

test('wall, kiosk and a missing page', async () => {
  for (const path of otherPages) {
    for (const viewport of [desk, { width: 1080, height: 1920 }]) {
      await visit(path, { viewport }, async (page) => {
        await ordered(page);
        await noSideways(page);
        await axe(page);
        if (path === '/kiosk') await targets(page, 80);
        if (path === '/wall') await letters(page, 28, 28);
        await shot(page, `${name(path)}-${viewport.width}`);
      });
    }
  }
});

test('English pages speak English', async () => {
  for (const path of ['/form?state=error', '/desk']) {
    await visit(path, { lang: 'en' }, async (page) => {
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      await axe(page);
      await noSideways(page);
      assert.ok(!(await page.content()).includes('⟦'), 'a sentence is missing');
    });
  }
});

test('the keyboard reaches everything, skip link first, focus always in sight', async () => {
  for (const path of ['/home', '/form', '/desk', '/case', '/kiosk']) {
    for (const viewport of [phone, desk]) {
      await visit(path, { viewport }, async (page) => {
        const stops = await focusSeen(page);
        assert.match(stops[0], /跳到正文/);
      });
    }
  }
});

test('high contrast keeps every boundary', async () => {
  for (const path of ['/form?state=error', '/records', '/desk', '/figures']) {
    await visit(path, { extra: { forcedColors: 'active' }, viewport: desk }, async (page) => {
      await noSideways(page);
      const bare = await page.$$eval('.button, .notice, .error-summary', (list) => list.filter((e) => parseFloat(getComputedStyle(e).borderTopWidth) === 0).length);
      assert.equal(bare, 0);
      await shot(page, `${name(path)}-contrast`);
    });
  }
});

test('a printed receipt keeps its words and loses the site', async () => {
  await visit('/records', { viewport: { width: 794, height: 1123 } }, async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.isHidden('.site-nav'));
    assert.ok(await page.isVisible('.receipt-numbers'));
    await noSideways(page);
    await shot(page, 'records-print');
  });
});

test('errors: focus goes to the summary, its link to the field, words agree, text is kept', async () => {
  await visit('/form?state=error', {}, async (page) => {
    assert.match(await page.title(), /^有错误：/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'errors');
    const link = page.locator('#errors a').first();
    const said = (await link.textContent()).trim();
    await link.click();
    const field = await page.evaluate(() => ({ id: document.activeElement.id, value: document.activeElement.value,
      error: document.getElementById(`${document.activeElement.id}-error`).textContent }));
    assert.equal(field.id, 'f-idno');
    assert.equal(field.value, '33012319900101123');
    assert.ok(field.error.endsWith(said), `${field.error} / ${said}`);
    for (const id of await page.$$eval('#errors a', (list) => list.map((a) => a.hash.slice(1)))) {
      assert.ok(await page.$(`#${id}`), `no field ${id}`);
    }
  });
});

test('without script the form, its errors, the folds and the switches work', async () => {
  await visit('/form?state=error', { script: false }, async (page) => {
    assert.equal(await page.inputValue('#f-idno'), '33012319900101123');
    await turned(page, () => page.click('button[name=size][value=elder]'));
    assert.match(await page.getAttribute('html', 'class'), /size-elder/);
    assert.match(page.url(), /form\?state=error$/, 'back to the same page');
    await turned(page, () => page.click('button[name=size][value=large]'));
    assert.match(await page.getAttribute('html', 'class'), /size-large/);
    await turned(page, () => page.click('button[name=lang]'));
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
  });
});

test('a second press within two seconds is not sent, and the label stays', async () => {
  await visit('/check', {}, async (page) => {
    let sent = 0;
    await page.route('**/_ui/submit', async (route) => { sent++; await new Promise((r) => { setTimeout(r, 300); }); await route.fulfill({ status: 204 }); });
    const button = page.locator('form .button.primary');
    await button.click({ noWaitAfter: true });
    await button.click({ noWaitAfter: true, force: true });
    await page.waitForTimeout(500);
    assert.equal(sent, 1);
    assert.equal(await button.textContent(), '提交申请');
    await page.waitForTimeout(2000);
    await button.click({ noWaitAfter: true });
    await page.waitForTimeout(500);
    assert.equal(sent, 2, 'after two seconds it can be pressed again');
  });
});

test('selecting a page of rows counts them', async () => {
  await visit('/desk', { viewport: desk }, async (page) => {
    await page.click('[data-tick-page]');
    assert.match(await page.textContent('.bulk-count'), /4/);
    await page.locator('.tick-label input').first().uncheck();
    assert.match(await page.textContent('.bulk-count'), /3/);
  });
});

test('an upload is told in words and ends on the next page', async () => {
  await visit('/form', {}, async (page) => {
    await page.setInputFiles('#f-plan', { name: 'plan.png', mimeType: 'image/png', buffer: Buffer.alloc(200_000, 1) });
    await page.click('form .button.primary');
    await page.waitForURL('**/_ui/records');
  });
});

test('what comes over the wire stays small and from this site', async () => {
  const limits = { '/home': 90_000, '/form': 40_000, '/desk': 200_000 };
  for (const [path, limit] of Object.entries(limits)) {
    await visit(path, {}, async (page) => {
      await page.waitForLoadState('networkidle');
      const w = weight(page);
      assert.ok(w.document < 20_000, `${path}: page ${w.document}`);
      assert.ok(w.stylesheet < 20_000, `${path}: style ${w.stylesheet}`);
      assert.ok(w.script < 10_000, `${path}: script ${w.script}`);
      assert.ok(w.total < limit && w.requests <= 8, `${path}: ${JSON.stringify(w)}`);
    });
  }
});

test('the checks themselves find what is wrong', async () => {
  await visit('/home', { viewport: narrow }, async (page) => {
    await page.evaluate(() => {
      const main = document.querySelector('main');
      main.insertAdjacentHTML('beforeend', '<button></button><p class="number">无</p><div class="links"><a href="#x">窄</a></div>');
      main.querySelector('button:last-of-type').className = 'tel';
      main.append(Object.assign(document.createElement('img'), { width: 900, height: 4 }));
    });
    await assert.rejects(axe(page), /button-name/);
    await assert.rejects(targets(page, 500), /targets under/);
    await assert.rejects(letters(page, 99), /running text/);
    await assert.rejects(letters(page, 10, 99), /_ui/);
  });
});

test('the policy refuses inline script', async () => {
  await visit('/home', {}, async (page) => {
    const ran = await page.evaluate(() => new Promise((done) => {
      document.addEventListener('securitypolicyviolation', () => done(false), { once: true });
      const s = document.createElement('script');
      s.textContent = 'window.ran = true';
      document.body.append(s);
      setTimeout(() => done(window.ran === true), 500);
    }));
    assert.equal(ran, false);
    page.wrong = page.wrong.filter((w) => !/Content Security Policy/.test(w));
  });
});
