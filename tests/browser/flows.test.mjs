// A flow is changed by those who manage the catalogue: with the keyboard alone, and on
// a phone without script; another person publishes it, and everybody can read it.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { county, says, text, visit } from './county.mjs';
import { keys, mouse } from './hands.mjs';
import { axe, desk, launch, letters, noSideways, phone, shot, targets, turned } from './lib.mjs';

let where, browser;
before(async () => {
  where = await county();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await where?.stop();
});

const using = (login, options, act) => visit(browser, where, login, options, act);

// sees asserts what a page must be at each stop of the way.
async function sees(page, name, ...words) {
  for (const w of words) await says(page, w);
  await noSideways(page);
  await targets(page, 24);
  await shot(page, `flows-${name}`);
}

// changes adds a step that is done on a condition to an item's flow, changes the
// condition by its rows, tries the flow, compares it, and hands it in.
async function changes(page, how, name, item) {
  const go = (at) => turned(page, () => how.press(at));
  const save = 'main form .buttons button.primary';
  await page.goto(`${where.base}/manage/flows?words=${encodeURIComponent(item.words)}`);
  const at = await page.locator('main tbody a', { hasText: item.words }).first().getAttribute('href');
  await go(`main tbody a[href="${at}"]`);

  await go(`main a[href="${at}/add?id=accept"]`);
  await how.tick('[name=how][value=when]');
  await how.fill('[name=name]', '科室会审');
  await how.pick('[name=role]', item.role);
  await how.pick('[name=post]', 'reviewer');
  await how.pick('[name=part]', 'review');
  await how.fill('[name=days]', '2');
  await how.fill('[name=risk]', '会审走过场');
  await how.fill('[name=basis]', '行政许可法第三十四条');
  if (!await page.locator('main details.fold[open]').count()) await how.press('main details.fold > summary');
  await how.pick('[name="c.add.0"]', item.field);
  await go('button[value="row.0"]');
  await how.fill('[name="c.0.value"]', '1');
  await go('button[value="look"]');
  await sees(page, `${name}-rows`, `现在的意思：“${item.title}”大于 1${item.unit}`);
  if (item.script) await axe(page); // it needs timers, which a page without script has not
  await go(save);
  await sees(page, `${name}-added`, '已存进草稿', '科室会审', '会审走过场', '2 个工作日', `“${item.title}”大于 1${item.unit}`);
  assert.match(await page.locator('main .table-box svg').first().innerHTML(), /科室会审/, 'the drawing shows the step');

  const way = await page.locator('main tr', { hasText: `“${item.title}”大于 1` }).first().locator('th a').getAttribute('href');
  await go(`main a[href="${way}"]`);
  await how.pick('[name="c.0.is"]', 'ge');
  await how.fill('[name="c.0.value"]', '2');
  await how.pick('[name="c.add.0"]', 'applicant.kind');
  await go('button[value="row.0"]');
  await how.tick('[name="c.1.value"][value=person]');
  await go(save);
  await sees(page, `${name}-changed`, `“${item.title}”不小于 2${item.unit}，并且申请人是“个人”`, '没有要改的地方');

  await go(`main a[href="${at}/try"]`);
  const [, y, m, d] = await says(page, /试走到\s*(\d+)年(\d+)月(\d+)日/);
  await go('main section.panel button');
  await sees(page, `${name}-asked`, `条件：“${item.title}”不小于 2${item.unit}`, '申请人');
  await how.fill(`[name="g.${item.field}"]`, '2');
  await how.tick('[name="g.applicant.kind"][value=person]');
  await go('main section.panel button.primary');
  await sees(page, `${name}-tried`, '轮到“科室会审”', '还剩 2 个工作日');

  await go(`a[href="${at}"]`);
  await go(`main a[href="${at}/compare"]`);
  await sees(page, `${name}-compared`, '新增', '科室会审');
  await go(`a[href="${at}"]`);
  await go(`main a[href="${at}/hand-in"]`);
  await how.fill('[name=from]', `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`);
  await how.fill('[name=reason]', `大额的先会审（${name}）`);
  await go(save);
  await sees(page, `${name}-handed`, `大额的先会审（${name}）`, '要由另一个人发布');
  return at.split('/').pop();
}

// published is another person's part, and what everybody reads then.
async function published(name, how, options, item, id) {
  await using('zfb.catalogue2', options, async (page) => {
    const go = (at) => turned(page, () => how(page).press(at));
    await page.goto(`${where.base}/admin/proposals`);
    const compare = await page.locator(`main section:has-text("${name}") a[href*="/manage/flows/${id}/compare"]`).getAttribute('href');
    await go(`main a[href="${compare}"]`);
    await sees(page, `${name}-proposed`, '科室会审', `大额的先会审（${name}）`);
    await go('main a[href="/admin/proposals"]');
    await go(`form[action="/admin/proposals/${new URL(compare, where.base).searchParams.get('proposal')}"] button[value=publish]`);
    assert.ok(!(await text(page)).includes(`大额的先会审（${name}）`), 'it no longer waits');
  });
  await using('', { ...options, viewport: phone }, async (page) => {
    await page.goto(`${where.base}/items/${id}`);
    await says(page, '科室会审');
    const all = (await page.content()).replace(/<[^>]*>/g, '');
    assert.ok(all.includes(`“${item.title}”不小于 2${item.unit}，并且申请人是“个人”`), 'the flow in words');
    assert.ok(!all.includes(item.field), 'no name of a field');
    await noSideways(page);
  });
}

const ways = [
  ['键盘', keys, { viewport: desk }, { words: '户外广告', role: 'city', field: 'form.area', title: '单面面积（平方米）', unit: '', script: true }],
  ['手机', mouse, { viewport: phone, script: false }, { words: '临时救助', role: 'relief', field: 'form.amount', title: '想申请多少', unit: ' 元' }],
];

for (const [name, how, options, item] of ways) {
  describe(name, () => {
    test('a flow is changed, tried, compared, published and read', async () => {
      let id;
      await using('zfb.catalogue1', options, async (page) => { id = await changes(page, how(page), name, item); });
      await published(name, how, options, item, id);
    });
  });
}

test('in large letters the rows, the trial and the table keep their width', async () => {
  await using('zfb.catalogue1', { viewport: phone, size: 'elder', script: false }, async (page) => {
    await page.goto(`${where.base}/manage/flows?words=${encodeURIComponent('林木采伐')}`);
    const at = await page.locator('main tbody a', { hasText: '林木采伐' }).first().getAttribute('href');
    const row = async () => {
      await page.goto(`${where.base}${at}/add?id=accept`);
      await page.click('main details.fold > summary');
      await page.selectOption('[name="c.add.0"]', 'form.method');
      await turned(page, () => page.click('button[value="row.0"]'));
    };
    for (const [name, open] of [['rows', row], ['table', () => page.goto(where.base + at)], ['try', () => page.goto(`${where.base}${at}/try`)]]) {
      await open();
      for (const viewport of [phone, desk]) {
        await page.setViewportSize(viewport);
        await noSideways(page);
        await letters(page, 17);
        await shot(page, `flows-elder-${name}-${viewport.width}`);
      }
      await page.setViewportSize(phone);
    }
  });
});
