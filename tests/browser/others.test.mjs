// Beside the baker: her uncle at the window with a neighbour, an item decided on
// the spot, an agency as applicant, and the same work without script.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { choose, county, image, press, says, text, visit } from './county.mjs';
import { desk, launch, shot } from './lib.mjs';

const uncle = '990124195503085850';
const neighbour = '990124197902156918';
const phone = { width: 360, height: 740 };

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

// receive finds the person by the number on their card and begins an application.
async function receive(page, number, words, item) {
  await page.goto(`${where.base}/counter/intake`);
  await page.fill('[name=number]', number);
  await press(page, '查');
  await page.fill('[name=words]', words);
  await press(page, '搜索');
  await Promise.all([page.waitForURL('**/counter/draft/*'), page.locator('main li', { hasText: item }).getByRole('button').click()]);
}

// handIn submits what the clerk has filled in and gives the case's number in its address.
async function handIn(page) {
  await page.click('main button[value=submit]');
  await page.waitForURL('**/receipt');
  return /case\/(\d+)\//.exec(page.url())[1];
}

describe('at the window', () => {
  test('the uncle, with a neighbour who has his authority', async () => {
    await using('spj.window1', { viewport: desk }, async (page) => {
      await page.goto(`${where.base}/counter/intake`);
      await shot(page, 'window-01-intake');
      await page.fill('[name=number]', uncle);
      await press(page, '查');
      await says(page, '云大山');
      await page.click('main summary');
      await page.fill('[name=agent_number]', neighbour);
      await press(page, '看过委托书了，登记');
      assert.match(await page.title(), /^有错误：/, 'no authority without its document');
      await page.fill('[name=agent_number]', neighbour);
      await page.fill('[name=document]', '2026-03-09 委托书');
      await press(page, '看过委托书了，登记');
      await says(page, '禾春生');
      await page.fill('[name=words]', '小作坊');
      await press(page, '搜索');
      await shot(page, 'window-02-item');
      await page.locator('main li', { hasText: '食品作坊经营许可（示范）' }).getByRole('button').click();
      await page.waitForURL('**/counter/draft/*');
      const fields = { phone: '19995550009', area: '60', workshop_name: '石桥豆腐坊', workers: '1' };
      for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
      const picks = { tenure: 'owned', category: 'tofu', water: 'well' };
      for (const [name, value] of Object.entries(picks)) await choose(page, name, value);
      await choose(page, 'gas', 'no');
      await page.setInputFiles('[name="material:plan"]', image('plan.png'));
      await page.setInputFiles('[name="material:photo"]', image('photo.png'));
      await page.check('[name=tb_shown][value=plan]');
      await page.check('[name=tb_delivery][value=window]');
      await shot(page, 'window-03-form');
      const id = await handIn(page);
      await says(page, /990124-\d{6}-\d{6,}/);
      await says(page, '读给群众听');
      await shot(page, 'window-04-receipt');
      await page.goto(`${where.base}/office/case/${id}`);
      await says(page, '禾春生');
      await using('neighbour', { viewport: phone }, async (his) => {
        await his.goto(`${where.base}/my/${id}`);
        await says(his, '食品作坊经营许可（示范）');
      });
    });
  });

  test('an instant item is decided on the spot', async () => {
    await using('spj.window2', { viewport: desk }, async (page) => {
      await receive(page, uncle, '老年', '老年人优待证');
      for (const name of ['phone', 'home_address']) {
        const input = page.locator(`main input[name=${name}]`);
        if (await input.count() && !await input.inputValue()) await input.fill({ phone: '19995550009', home_address: '云禾县石桥镇青石巷69号' }[name]);
      }
      await choose(page, 'grade', 'silver');
      await choose(page, 'reason', 'lost');
      await choose(page, 'residence', 'yes');
      await page.setInputFiles('[name="material:portrait"]', image('portrait.png'));
      await page.check('[name=tb_delivery][value=window]');
      const id = await handIn(page);
      await press(page, '当场办结');
      for (const box of await page.locator('[name=checked]').all()) await box.check();
      await page.check('[name=outcome][value=granted]');
      await shot(page, 'spot-01');
      await press(page, '当场办结');
      await page.waitForURL(`**/office/case/${id}*`);
      await says(page, '办结');
      await shot(page, 'spot-02-done');
    });
  });
});

test('an agency is the applicant', async () => {
  let id;
  await using('r04', { viewport: desk }, async (page) => {
    await page.goto(`${where.base}/search?q=${encodeURIComponent('新进人员')}`);
    await page.getByRole('heading', { name: /机关事业单位新进人员/ }).first().getByRole('link').click();
    await page.waitForURL('**/items/*');
    await press(page, '开始办');
    await page.getByLabel(/教育科技和体育局/).check();
    await page.click('main form button.primary');
    await page.waitForURL('**/draft/*');
    await shot(page, 'agency-01-draft');
    await press(page, '继续');
    const answers = {
      contact_name: '云林', contact_phone: '19995550004', staff_name: '示远', staff_idno: uncle, start_date_y: '2026', start_date_m: '3', start_date_d: '2', first_pay: '4200',
    };
    for (let n = 0; n < 8 && /\/form\//.test(page.url()); n++) {
      for (const [name, value] of Object.entries(answers)) if (await page.locator(`main input[name=${name}]`).count()) await page.fill(`main input[name=${name}]`, value);
      for (const name of ['entry', 'post_kind']) if (await page.locator(`main input[name=${name}]`).count()) await page.locator(`main input[name=${name}]`).first().check();
      await press(page, '继续');
      assert.doesNotMatch(await page.title(), /^有错误：/, await text(page));
    }
    await page.setInputFiles('[type=file]', image('appointment.png'));
    await Promise.all([page.waitForURL('**?sent=1'), page.click('main form button.primary')]);
    await press(page, '继续');
    await page.check('[name=delivery][value=window]');
    await press(page, '继续');
    await page.check('[name=true]');
    await press(page, '提交申请');
    await says(page, '已收到');
    id = new URL(page.url()).pathname.split('/').pop();
    await shot(page, 'agency-02-receipt');
  });
  await using('spj.window1', { viewport: desk }, async (page) => {
    await page.goto(`${where.base}/office/case/${id}`);
    await says(page, '教育科技和体育局');
    await press(page, '受理');
    await press(page, '受理，写受理通知书');
    await says(page, /办理中/);
  });
});
