// The page of a backtest in a real browser: as a file, light and dark, on a telephone and on a desk, and on paper.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderSimulationPage } from '../../src/cli/render/simulation-page/render-simulation-page.js';
import { buildSampleReport, HARMFUL } from '../cli/render/simulation-page/sample-report.js';

interface BrowserProgram {
  readonly findBrowser: () => string | undefined;
}

let folder: string;
let browser: Browser;
let blank: Page;
let address: string;

async function startBrowser(): Promise<Browser> {
  const program = (await import(pathToFileURL(resolve('scripts/browser-program.mjs')).href)) as BrowserProgram;
  const executablePath = program.findBrowser();
  if (executablePath === undefined)
    throw new Error('no chromium was found; `npm test` installs it where it can, else install Chromium yourself');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'purser-page-'));
  const file = join(folder, 'page.html');
  const comparison = {
    file: 'policies/a-folder/with-a-long-name/officehours.yaml',
    base: 'policies/web2.yaml',
    report: buildSampleReport(),
  };
  const report = buildSampleReport({ moreVms: 300, changes: 5000 });
  const notes = [...report.notes, `${HARMFUL} ${'a-word-without-any-break'.repeat(8)}`];
  writeFileSync(file, renderSimulationPage({ ...report, notes }, { comparison, product: 'marketplace' }));
  address = pathToFileURL(file).href;
  browser = await startBrowser();
  blank = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page and collects what it says or asks for; nothing may be among it. */
async function open(
  width: number,
  colorScheme: 'light' | 'dark',
): Promise<{ readonly page: Page; readonly told: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const told: string[] = [];
  page.on('console', (message) => told.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => told.push(`error: ${error.message}`));
  page.on('request', (request) => request.url() !== address && told.push(`request: ${request.url()}`));
  await page.goto(address);
  return { page, told };
}

/** Every text that is shown, with the contrast of its colour to the ground behind it (WCAG 2). */
const LIST_CONTRASTS = `(() => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = parse(getComputedStyle(at).backgroundColor);
      if (ground.a === 1) return ground;
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  };
  return [...document.querySelectorAll('h1,h2,h3,p,dt,dd,li,th,td,caption,summary,svg text')]
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => {
      const style = getComputedStyle(element);
      const isDrawn = element.tagName === 'text';
      const lights = [light(parse(isDrawn ? style.fill : style.color)), light(groundOf(element))].sort((a, b) => b - a);
      const name = element.tagName.toLowerCase() + '.' + (element.getAttribute('class') ?? '');
      return { name, contrast: (lights[0] + 0.05) / (lights[1] + 0.05) };
    });
})()`;

interface Contrast {
  readonly name: string;
  readonly contrast: number;
}

interface Box {
  readonly width: number;
  readonly height: number;
  readonly right: number;
}

const LIST_CHARTS = `[...document.querySelectorAll('svg[role=img]')].map((chart) => {
  const { width, height, right } = chart.getBoundingClientRect();
  return { width, height, right };
})`;

/** Pairs of texts in the charts that lie over each other. */
const LIST_COLLISIONS = `[...document.querySelectorAll('svg[role=img]')].flatMap((chart) => {
  const texts = [...chart.querySelectorAll('text')].map((text) => ({ said: text.textContent, box: text.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  return texts.flatMap(({ said, box }, index) => texts.slice(index + 1)
    .filter(({ box: other }) => box.left < other.right - 1 && other.left < box.right - 1 && box.top < other.bottom - 4 && other.top < box.bottom - 4)
    .map((other) => said + ' | ' + other.said));
})`;

/** Texts in the charts that leave the page at its sides. */
const LIST_CLIPPED = `[...document.querySelectorAll('svg[role=img] text')].map((text) => ({ said: text.textContent, box: text.getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.left < 0 || box.right > document.documentElement.clientWidth)).map(({ said }) => said)`;

/** Words in the heads of tables that are broken, though not behind a slash or a hyphen. */
const LIST_BROKEN = `[...document.querySelectorAll('.whole th')].flatMap((head) => [...head.childNodes].flatMap((node) => {
  if (node.nodeType !== Node.TEXT_NODE) return [];
  return [...node.data.matchAll(/[^\\s/-]+/g)].flatMap((word) => {
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1 ? [word[0]] : [];
  });
}))`;

/** Colours in a picture: a blank one has one. */
async function countColours(picture: Buffer): Promise<number> {
  const count = await blank.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${picture.toString('base64')}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return new Set(new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  })()`);
  return Number(count);
}

describe.each([
  [1280, 'light'],
  [1280, 'dark'],
  [360, 'light'],
  [360, 'dark'],
  [1600, 'light'],
] as const)('the page of a backtest, %d pixels wide, %s', (width, scheme) => {
  let page: Page;
  let told: string[];

  beforeAll(async () => {
    ({ page, told } = await open(width, scheme));
  });

  afterAll(async () => {
    await page?.close();
  });

  it('opens from a file without an error, and asks for nothing else', () => {
    expect(told).toEqual([]);
  });

  it('never scrolls sideways, with its tables open neither', async () => {
    const read = 'document.documentElement.scrollWidth';
    expect(await page.evaluate(read)).toBe(width);
    await page.evaluate('for (const table of document.querySelectorAll("details")) table.open = true');
    expect(await page.evaluate(read)).toBe(width);
    expect(await page.locator('figure table').evaluateAll((tables) => tables.length)).toBe(4);
    await page.evaluate('for (const table of document.querySelectorAll("details")) table.open = false');
  });

  it('breaks no name of a file in its middle where it heads a row or a column', async () => {
    expect(await page.evaluate(LIST_BROKEN)).toEqual([]);
  });

  it('shows every chart, with texts that neither collide nor are cut off', async () => {
    const charts = await page.evaluate<readonly Box[]>(LIST_CHARTS);
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      expect(chart.width).toBeGreaterThan(width / 3);
      expect(chart.height).toBeGreaterThan(150);
      expect(chart.right).toBeLessThanOrEqual(width);
    }
    expect(await page.evaluate(LIST_COLLISIONS)).toEqual([]);
    expect(await page.evaluate(LIST_CLIPPED)).toEqual([]);
  });

  it('has a contrast of 4.5 and more in all its texts', async () => {
    const contrasts = await page.evaluate<readonly Contrast[]>(LIST_CONTRASTS);
    expect(contrasts.length).toBeGreaterThan(100);
    expect(contrasts.filter(({ contrast }) => !(contrast >= 4.5))).toEqual([]);
  });

  it('draws in the colours of its scheme, and something', async () => {
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(scheme === 'dark' ? 'rgb(19, 23, 28)' : 'rgb(255, 255, 255)');
    for (const chart of await page.locator('.chart.cost, figure:first-of-type .chart.fleet').all())
      expect(await countColours(await chart.screenshot())).toBeGreaterThan(20);
  });
});

/** Boxes that leave the paper at its sides, and boxes whose content they hide or would have scrolled. */
const LIST_CUT = `[...document.querySelectorAll('h1,h2,h3,p,dt,dd,li,th,td,caption,figure,svg[role=img],svg text,.scroll')]
  .filter((element) => element.getClientRects().length > 0)
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    const isHiding = element.matches('.scroll,th,td') && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
    return left < -0.5 || right > document.documentElement.clientWidth + 0.5 || isHiding;
  }).map((element) => element.tagName + ': ' + element.textContent.slice(0, 40))`;

describe.each([
  ['A4', 'dark', 210 - 2 * 12],
  ['A4', 'light', 210 - 2 * 12],
  ['Letter', 'dark', 216 - 2 * 12],
] as const)('the page of a backtest on paper: %s, from a %s screen', (format, scheme, millimetres) => {
  let page: Page;

  beforeAll(async () => {
    ({ page } = await open(Math.floor((millimetres * 96) / 25.4), scheme));
    await page.emulateMedia({ media: 'print', colorScheme: scheme });
  });

  afterAll(async () => {
    await page?.close();
  });

  it('cuts nothing off', async () => {
    expect(await page.evaluate(LIST_CUT)).toEqual([]);
    expect(await page.evaluate(LIST_COLLISIONS)).toEqual([]);
    expect(await page.evaluate(LIST_CLIPPED)).toEqual([]);
  });

  it('is light, with a contrast of 4.5 and more in all its texts', async () => {
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const contrasts = await page.evaluate<readonly Contrast[]>(LIST_CONTRASTS);
    expect(contrasts.length).toBeGreaterThan(100);
    expect(contrasts.filter(({ contrast }) => !(contrast >= 4.5))).toEqual([]);
  });

  it('makes a PDF of pages of that size', async () => {
    const pdf = await page.pdf({ format, margin: { left: '12mm', right: '12mm', top: '12mm', bottom: '12mm' } });
    const text = pdf.toString('latin1');
    const boxes = [...text.matchAll(/\/MediaBox ?\[([^\]]*)\]/g)].map(([, box]) =>
      box!.trim().split(/\s+/).map(Number),
    );
    expect(boxes.length).toBeGreaterThan(1);
    for (const [, , width, height] of boxes) {
      expect(Math.abs(width! - (format === 'A4' ? 595 : 612))).toBeLessThan(2);
      expect(Math.abs(height! - (format === 'A4' ? 842 : 792))).toBeLessThan(2);
    }
  });
});

describe('the page of a backtest by keyboard', () => {
  it('opens a table, and scrolls it', async () => {
    const { page } = await open(360, 'light');
    await page.locator('figure summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('figure details').first().getAttribute('open')).toBe('');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('scroll');
    await page.close();
  });
});
