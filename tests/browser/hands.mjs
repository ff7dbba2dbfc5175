// The ways in which a person works a page: with the mouse, or with the keyboard alone.
import assert from 'node:assert/strict';

// mouse fills in, ticks, picks and presses as most people do.
export const mouse = (page) => ({
  fill: (at, v) => page.fill(at, v), tick: (at) => page.check(at), pick: (at, v) => page.selectOption(at, v), press: (at) => page.locator(at).first().click(),
});

// keys does the same with the keyboard alone, and sees where it is.
export function keys(page) {
  const reach = async (at) => {
    for (let n = 0; n < 250; n++) {
      const here = await page.evaluate((sel) => {
        const e = document.activeElement, s = getComputedStyle(e), first = document.querySelector(sel);
        // Arrow keys move within radios: any of the group will do.
        const group = first?.type === 'radio' && e.type === 'radio' && e.name === first.name;
        return { on: e === first || group, shown: e === document.body || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none', name: e.outerHTML.slice(0, 80) };
      }, at);
      assert.ok(here.shown, `${page.url()}: no visible focus on ${here.name}`);
      if (here.on) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`${page.url()}: the keyboard does not reach ${at}`);
  };
  return {
    fill: async (at, value) => { await reach(at); await page.keyboard.press('ControlOrMeta+A'); await page.keyboard.type(value); },
    tick: async (at) => {
      await reach(at);
      for (let n = 0; n < 12 && !await page.isChecked(at); n++) await page.keyboard.press(n || await page.evaluate(() => document.activeElement.checked) ? 'ArrowDown' : 'Space');
      assert.ok(await page.isChecked(at), at);
    },
    pick: async (at, value) => {
      await reach(at);
      const steps = await page.$eval(at, (e, v) => [...e.options].findIndex((o) => o.value === v) - e.selectedIndex, value);
      for (let n = 0; n < Math.abs(steps); n++) await page.keyboard.press(steps > 0 ? 'ArrowDown' : 'ArrowUp');
      assert.equal(await page.inputValue(at), value, at);
    },
    press: async (at) => { await reach(at); await page.keyboard.press('Enter'); },
  };
}
