// What a browser finds of a page, at each width and in each colour scheme: one JSON document.
//
//     node examine.mjs PAGE FOLDER-FOR-PICTURES
//
// It judges nothing: test_report_page.py does.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [390, 1280];
const SCHEMES = ["light", "dark"];

// A browser of one's own, or the one of the package, which `make browser` has unpacked.
async function program() {
  if (process.env.STREAMWARDEN_BROWSER) return process.env.STREAMWARDEN_BROWSER;
  const { default: packaged } = await import("@sparticuz/chromium");
  return packaged.executablePath();
}

async function focusOrder(tab) {
  const order = [];
  for (;;) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(() => {
      const { activeElement: element } = document;
      if (!element || element === document.body) return null;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return {
        tag: element.tagName.toLowerCase(),
        text: element.textContent.trim().replace(/\s+/g, " "),
        top: box.top + scrollY,
        is_outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        is_in_sight: box.right > 0 && box.bottom > 0 && box.top < innerHeight,
        was_seen: element.dataset.seen === "yes" || ((element.dataset.seen = "yes"), false),
      };
    });
    if (!at || at.was_seen) return order;
    order.push(at);
  }
}

// Chromium draws nothing in time where the cores are busy, and says that it cannot capture.
async function photograph(tab, path, tries = 20) {
  try {
    await tab.screenshot({ path, fullPage: true });
  } catch (error) {
    if (tries === 1) throw error;
    await tab.waitForTimeout(500);
    await photograph(tab, path, tries - 1);
  }
}

async function examine(browser, width, scheme) {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  const tab = await context.newPage();
  const errors = [];
  const requests = [];
  tab.on("console", (message) => errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  tab.on("request", (request) => requests.push(request.url()));
  await tab.goto(pathToFileURL(page).href);
  const loaded = [...requests];
  const background = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const focus = await focusOrder(tab);
  await tab.evaluate(() => {
    scrollTo(0, 0);
    document.activeElement.blur();
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
  const size = await tab.evaluate(() => ({
    scroll_width: document.documentElement.scrollWidth,
    beyond: [...document.querySelectorAll("body *:not(.skip)")]
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
      .map((each) => each.outerHTML.slice(0, 120)),
  }));
  await photograph(tab, join(folder, `${width}-${scheme}.png`));
  const said = errors.length;
  // The page lets no script in. The debugger may, and what is said of that is not the page's.
  await tab.evaluate(axe);
  const violations = (await tab.evaluate(() => axe.run(document))).violations.map((each) => ({
    rule: each.id,
    impact: each.impact,
    nodes: each.nodes.slice(0, 5).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`),
  }));
  await context.close();
  return { width, scheme, background, focus, ...size, errors: errors.slice(0, said), requests: loaded, violations };
}

async function print(browser) {
  const tab = await browser.newPage({ colorScheme: "dark", viewport: { width: 704, height: 1000 } });
  await tab.goto(pathToFileURL(page).href);
  await tab.emulateMedia({ media: "print" });
  await photograph(tab, join(folder, "printed.png"));
  return tab.evaluate(() => ({
    scroll_width: document.documentElement.scrollWidth,
    background: getComputedStyle(document.body).backgroundColor,
    is_way_around_shown: document.querySelector("nav").checkVisibility(),
    hidden_steps: [...document.querySelectorAll("details li")].filter(
      (each) => !each.checkVisibility({ contentVisibilityAuto: true }) || each.getBoundingClientRect().height === 0,
    ).length,
  }));
}

const browser = await chromium.launch({ executablePath: await program(), args: ["--no-sandbox"] });
const found = [];
for (const width of WIDTHS) {
  for (const scheme of SCHEMES) found.push(await examine(browser, width, scheme));
}
const printed = await print(browser);
await browser.close();
console.log(JSON.stringify({ screens: found, printed }));
