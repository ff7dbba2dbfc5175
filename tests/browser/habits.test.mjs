// What people do with pages: keyboard only, without script, on paper, with a
// session that ends in the middle, and following every link.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { county, image, press, says, signIn, text, visit } from './county.mjs';
import { desk, focusSeen, launch, noSideways, open, phone, shot, turned } from './lib.mjs';
import { keys, mouse } from './hands.mjs';
import { links, reader } from './survey.mjs';

let where, browser, item;
before(async () => {
  where = await county();
  browser = await launch();
  const anybody = await reader(browser, where, '');
  item = (await anybody.all(`/search?q=${encodeURIComponent('食品作坊经营许可')}`, /^\/items\/\d+$/))[0];
  await anybody.page.context().close();
});
after(async () => {
  await browser?.close();
  await where?.stop();
});

const using = (login, options, act) => visit(browser, where, login, options, act);

// answers are those of the story's form, by page.
const answers = {
  premises: { text: { area: '40' }, pick: { tenure: 'owned' } },
  production: { text: { workshop_name: '云禾县小满糕点坊', workers: '2' }, pick: { category: 'pastry' } },
  safety: { text: {}, pick: { water: 'tap', gas: 'no' } },
};

// applies fills in and submits an application; how tells how a person fills in,
// ticks and presses. It gives the page of the new case.
async function applies(page, how) {
  await page.goto(where.base + item.replace('items', 'apply'));
  if (!await page.locator('[name=subject]:checked').count()) await how.tick('[name=subject]');
  await how.press('main form button.primary');
  await page.waitForURL('**/draft/*');
  await how.press('main .buttons a.primary, main .buttons a.button');
  for (const [group, given] of Object.entries(answers)) {
    await page.waitForURL(`**/form/${group}`);
    for (const [name, value] of Object.entries(given.text)) await how.fill(`[name=${name}]`, value);
    for (const [name, value] of Object.entries(given.pick)) await how.tick(`[name=${name}][value=${value}]`);
    await how.press('main form button.primary');
  }
  for (const name of ['plan', 'photo']) {
    await page.waitForURL(`**/file/${name}`);
    await page.setInputFiles('[type=file]', image(`${name}.png`));
    await how.press('main form button.primary');
    await page.waitForURL('**?sent=1');
    await how.press('main form .buttons a');
  }
  await page.waitForURL('**/delivery');
  await how.tick('[name=delivery][value=window]');
  await how.press('main form button.primary');
  await page.waitForURL('**/check');
  await how.tick('[name=true]');
  await how.press('main form button.primary');
  await page.waitForURL('**/my/*');
  await says(page, '已收到你的申请');
  return new URL(page.url()).pathname;
}

// reviewed takes the first case in somebody's list that can be reviewed and
// goes from the list to the opinion; the rest of the way to a decision is the same form.
async function worked(page, how, login, act, answer) {
  await page.goto(`${where.base}/office`);
  const r = await reader(browser, where, login);
  let target;
  for (const at of new Set((await r.all('/office', /^\/office\/case\/\d+/)).map((l) => l.replace(/#.*/, '')))) {
    const form = await r.find(at, new RegExp(`/task/\\d+/${act}$`));
    if (form) { target = { at, form }; break; }
  }
  await r.page.context().close();
  assert.ok(target, `${login} has nothing to ${act}`);
  await how.press(`main a[href^="${target.at.split('?')[0]}"]`);
  await page.waitForURL(`**${target.at.split('?')[0]}*`);
  await how.press(`main a[href="${target.form}"]`);
  await page.waitForURL(`**${target.form}`);
  await answer();
  await how.press('main form button.primary');
  await page.waitForURL('**?done=*');
}

for (const [name, how, script] of [['with the keyboard alone', keys, true], ['without script', mouse, false]]) {
  describe(name, () => {
    test('an application, to its receipt', () => using('baker', { viewport: phone, script }, async (page) => {
      await applies(page, how(page));
      await shot(page, `habits-applied-${script}`);
    }));

    test('the worklist, to an opinion and a decision', async () => {
      await using('scjg.reviewer1', { viewport: desk, script }, async (page) => {
        const h = how(page);
        await worked(page, h, 'scjg.reviewer1', 'review', async () => { await h.tick('[name=passed][value=yes]'); await h.fill('[name=opinion]', '符合条件。'); });
      });
      await using('scjg.decider1', { viewport: desk, script }, async (page) => {
        const h = how(page);
        await worked(page, h, 'scjg.decider1', 'decide', async () => { await h.tick('[name=outcome][value=granted]'); await h.fill('[name=reason]', '符合规定的条件。'); });
        await shot(page, `habits-decided-${script}`);
      });
    });
  });
}

test('the keyboard reaches everything on the pages people use most, skip link first', async () => {
  for (const [login, at] of [['', '/'], ['', item], ['baker', '/my'], ['spj.window1', '/counter'], ['scjg.reviewer1', '/office']]) {
    await using(login, { viewport: desk }, async (page) => {
      await page.goto(where.base + at);
      assert.match((await focusSeen(page, { most: 60 }))[0], /跳到正文/);
    });
  }
});

test('without script: lists filter, letters grow, and both stay as chosen', () => using('scjg.reviewer1', { viewport: desk, script: false }, async (page) => {
  await page.goto(`${where.base}/office`);
  await turned(page, () => page.click('button[name=size][value=elder]'));
  assert.match(await page.getAttribute('html', 'class'), /size-elder/);
  await turned(page, () => page.getByRole('button', { name: '筛选' }).click());
  assert.match(page.url(), /\/office\?/);
  assert.match(await page.getAttribute('html', 'class'), /size-elder/);
}));

test('a session that ends in the middle of a form loses nothing', async () => {
  const page = await open(browser, where.base, { viewport: phone });
  await signIn(page, where.base, 'baker');
  await page.goto(where.base + item.replace('items', 'apply'));
  await page.locator('[name=subject]').first().check();
  await page.click('main form button.primary');
  await page.waitForURL('**/draft/*');
  const form = `${page.url()}/form/production`;
  await page.goto(form);
  await page.fill('[name=workshop_name]', '小满糕点坊');
  await page.context().clearCookies();
  await page.click('main form button.primary');
  await page.waitForURL('**/sign-in*');
  await page.fill('[name=login]', 'baker');
  await page.fill('[name=password]', 'yunhe-renmin-1949');
  await page.click('main form button.primary');
  await page.waitForURL('**/held/*');
  await says(page, '你刚才填的还在');
  await shot(page, 'habits-held');
  await press(page, '接着交');
  assert.equal(page.url(), form);
  assert.equal(await page.inputValue('[name=workshop_name]'), '小满糕点坊');
  await page.context().close();
});

describe('on paper', () => {
  const pdf = (bytes) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'tongban-print-'));
    try {
      writeFileSync(path.join(dir, 'a.pdf'), bytes);
      return execFileSync('pdftotext', ['-layout', path.join(dir, 'a.pdf'), '-'], { encoding: 'utf8' });
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  test('a case and its papers keep their words, lose the site, and fit A4', () => using('baker', { viewport: { width: 794, height: 1123 } }, async (page) => {
    const r = await reader(browser, where, 'baker');
    const own = (await r.all('/my', /^\/my\/\d+$/)).at(-1);
    const papers = [...new Set(await r.all(own, new RegExp(`^${own}/papers/\\d+$`)))];
    await r.page.context().close();
    assert.ok(papers.length >= 2, `${papers.length} papers`);
    for (const at of [own, ...papers]) {
      await page.goto(where.base + at);
      await page.emulateMedia({ media: 'print' });
      assert.ok(await page.isHidden('.site-nav'), at);
      await noSideways(page);
      const printed = pdf(await page.pdf({ format: 'A4' }));
      if (at === own) continue;
      await shot(page, `print-${at.split('/').pop()}`);
      assert.match(printed, /\/check\/[0-9A-Z]{16}/, `${at}: the address of the check page`);
      assert.match(printed, /印章/);
    }
  }));

  test('a sealed paper as PDF has its seal and the address that proves it', () => using('baker', { viewport: desk }, async (page) => {
    const r = await reader(browser, where, 'baker');
    const own = (await r.all('/my', /^\/my\/\d+$/)).at(-1);
    for (const at of new Set(await r.all(own, new RegExp(`^${own}/papers/\\d+$`)))) {
      const said = pdf(await (await page.request.get(`${where.base}${at}/pdf`)).body());
      assert.match(said, /\/check\/[0-9A-Z]{16}/, at);
      assert.match(said, /云禾县/, at);
    }
    await r.page.context().close();
  }));
});

test('following every public link: no dead end, no empty section, guides are complete', async () => {
  const wrong = [];
  const seen = new Map([['/', '']]);
  const guides = [];
  const r = await reader(browser, where, '');
  for (const [at, from] of seen) {
    if (seen.size > 400) break;
    const { status, html, url } = await r.get(at);
    if (status >= 400) { wrong.push(`${at} (from ${from}): ${status}`); continue; }
    if (!html || new URL(url).pathname.startsWith('/sign-in')) continue;
    if (!/12345/.test(html)) wrong.push(`${at}: nobody to ask`);
    if (!/^\/laws\/./.test(at) && /其他材料/.test(html)) wrong.push(`${at}: 其他材料`); // a law's words are its own
    const main = /<main[\s\S]*<\/main>/.exec(html)[0];
    const empty = /<h([23])[^>]*>([^<]*)<\/h\1>\s*(<h\1|<\/section|<\/main|<section)/.exec(main);
    if (empty) wrong.push(`${at}: nothing under “${empty[2]}”`);
    const ids = new Set([...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id));
    for (const to of links(html)) {
      if (to.startsWith('#') && !ids.has(to.slice(1))) wrong.push(`${at}: ${to} leads nowhere`);
      const u = new URL(to, where.base + at);
      if (u.origin !== where.base || !u.protocol.startsWith('http')) continue;
      // All lists are followed to their second page: what comes after is the same.
      const next = u.pathname + u.search;
      if (!seen.has(next) && !(/[?&](after|agency|item)=/.test(next) && /[?&](after|agency|item)=/.test(at)) && !(/^\/items\/\d+$/.test(next) && at.includes('after='))) seen.set(next, at);
    }
    if (/^\/items\/\d+$/.test(at) && html.includes('/apply/')) guides.push({ at, main });
  }
  await r.page.context().close();
  assert.ok(seen.size > 60, `${seen.size} pages`);
  assert.ok(guides.length >= 12, `${guides.length} guides written in full`);
  for (const { at, main } of guides) {
    for (const part of [/多久|期限|工作日/, /收费|不收费/, /\d{4}-\d{7}/, /href="\/apply\/\d+"/, /id="contact"/, /依据/]) if (!part.test(main)) wrong.push(`${at}: no ${part}`);
  }
  assert.deepEqual(wrong, []);
});
