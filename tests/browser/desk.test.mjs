// The pages of officials in a real browser: accessibility, width, targets and
// letters at 1280 and 360, over a county with cases in different states.
import { test, before, after, describe } from 'node:test';
import assert from 'node:assert/strict';
import { axe, desk, launch, letters, noSideways, open, ordered, phone, quiet, serve, shot, targets, turned } from './lib.mjs';

let browser, server;
before(async () => {
  server = await serve('go', ['run', './tests/browser/desk']);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// caseAt finds the first case of a list whose row says a word.
async function caseAt(page, path, word) {
  await page.goto(server.url + path);
  const href = await page.evaluate((w) => {
    const row = [...document.querySelectorAll('tbody tr')].find((r) => r.textContent.includes(w));
    return row?.querySelector('th a')?.getAttribute('href');
  }, word);
  assert.ok(href, `${path}: no row says ${word}`);
  return href.match(/\/office\/case\/\d+/)[0];
}

async function checks(page, name) {
  await ordered(page);
  await noSideways(page);
  await targets(page, 24);
  if (!/flow/.test(name)) await letters(page, 14); // a drawing, whose words stand below it
  await axe(page);
  await shot(page, name);
  quiet(page);
}

// visits is what each post looks at; a function finds the address first.
const visits = {
  spj_window_1: {
    queue: '/counter', 'queue-empty': '/counter?number=none', intake: '/counter/intake', find: '/counter/find',
    case: async (p) => caseAt(p, '/counter', '等受理'), materials: async (p) => `${await caseAt(p, '/counter', '等受理')}/materials?m=plan`,
    papers: async (p) => `${await caseAt(p, '/counter', '等受理')}/papers`, timeline: async (p) => `${await caseAt(p, '/counter', '等受理')}/timeline`,
    flow: async (p) => `${await caseAt(p, '/counter', '等受理')}/flow`,
    accept: async (p) => `${(await caseAt(p, '/counter', '等受理')).replace('office', 'counter')}/accept`,
    notify: async (p) => `${(await caseAt(p, '/counter', '等受理')).replace('office', 'counter')}/notify`,
    refuse: async (p) => `${(await caseAt(p, '/counter', '等受理')).replace('office', 'counter')}/refuse`,
    receipt: async (p) => `${(await caseAt(p, '/counter', '等受理')).replace('office', 'counter')}/receipt`,
    correct: async (p) => `${(await caseAt(p, '/counter', '等补材料')).replace('office', 'counter')}/correct`,
  },
  scjg_reviewer_1: { work: '/office', 'work-late': '/office?v=late', 'work-tick': '/office?tick=page', case: async (p) => caseAt(p, '/office', '审查') },
  sthj_reviewer_1: { case: async (p) => caseAt(p, '/office', '检测') },
  scjg_decider_1: { work: '/office', findings: async (p) => `${await caseAt(p, '/office', '决定')}/findings`, flow: async (p) => `${await caseAt(p, '/office', '决定')}/flow` },
  zfb_leader_1: { extensions: '/office/extensions', figures: '/office/figures', watch: '/office/watch', settle: async (p) => caseAt(p, '/office/extensions', '食品') },
  zfb_catalogue_1: { items: '/admin/items', written: '/admin/items?open=yes', import: '/admin/import', proposals: '/admin/proposals', powers: '/admin/powers?agency=scjg', calendar: '/admin/calendar', system: '/admin/system' },
  zfb_admin_1: { staff: '/admin/staff?agency=scjg', system: '/admin/system' },
};

describe('pages of officials', () => {
  for (const [key, pages] of Object.entries(visits)) {
    for (const [view, viewport] of Object.entries({ desk, phone })) {
      test(`${key}, ${viewport.width} wide`, async () => {
        const page = await open(browser, server.url, { viewport });
        try {
          await page.goto(`${server.url}/as/${key}`);
          for (const [name, path] of Object.entries(pages)) {
            const at = typeof path === 'string' ? path : await path(page);
            const answer = await page.goto(server.url + at);
            assert.equal(answer.status(), 200, at);
            await checks(page, `${key}-${name}-${view}`);
          }
        } finally {
          await page.context().close();
        }
      });
    }
  }

  test('the forms of tasks, the intake and an official', async () => {
    const page = await open(browser, server.url, { viewport: desk });
    const go = (at) => turned(page, () => page.click(at));
    await page.goto(`${server.url}/as/scjg_decider_1`);
    await page.goto(server.url + await caseAt(page, '/office', '决定'));
    await go('.identity-acts .primary');
    await page.check('input[value=refused]');
    await go('button[value=preview]');
    await checks(page, 'decide');
    await page.goto(`${server.url}/as/spj_window_1`);
    await page.goto(`${server.url}/counter/intake`);
    await page.fill('[name=number]', '990124197902156918');
    await go('main button.primary');
    await page.fill('[name=words]', '小作坊');
    await go('main .search button');
    await checks(page, 'intake-items');
    await go('.result button');
    await go('button[value=submit]');
    await checks(page, 'draft-wrong');
    await page.goto(`${server.url}/counter/intake`);
    await page.fill('[name=number]', '990124195001010000');
    await go('main button.primary');
    await checks(page, 'intake-unknown');
    await page.goto(`${server.url}/as/zfb_admin_1`);
    await page.goto(`${server.url}/admin/staff?agency=scjg`);
    await go('tbody th a');
    await checks(page, 'official');
    await page.goto(`${server.url}/as/zfb_catalogue_1`);
    await page.goto(`${server.url}/admin/items?open=yes`);
    await go('tbody th a');
    await checks(page, 'item');
    await page.context().close();
  });
});
