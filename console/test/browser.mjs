// Looks at the console in a real browser, and writes what it saw as JSON; who judges it is internal/web/ui.
// Usage: node test/browser.mjs SITES CHROMIUM [FOLDER for screenshots]; SITES is JSON: {"ja": {"base", "link"}, "en": …}
import { launch, look, opened, settled, signIn } from "./eyes.mjs";
import { keyboard } from "./keyboard.mjs";

const [, , given, executablePath, folder] = process.argv;
const sites = JSON.parse(given);

const day = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);

/** pages by name: an address, and what is clicked there before it is looked at. */
const pages = [
  ["overview", "/"],
  ["findings", "/findings"],
  ["filtered", "/findings?severity=HIGH&severity=CRITICAL"],
  ["story", null, (page) => page.locator("main a[href*='finding=']").first().click()],
  ["guide", null, (page) => page.getByRole("tab").nth(1).click()],
  ["history", null, (page) => page.getByRole("tab").nth(2).click()],
  ["groups", "/findings?by=control"],
  ["controls", "/controls?q=apigateway"],
  ["control", "/controls/APIGateway.5"],
  ["accounts", "/accounts"],
  ["questions", "/questions?show=all"],
  ["question", "/questions?question=q6"],
  ["answer", null, (page) => page.getByRole("button", { name: /^(回答を記録|Record answer)$/ }).click()],
  ["exceptions", "/exceptions"],
  ["force", "/exceptions?show=force"],
  ["plans", "/fixes"],
  ["plan", null, (page) => page.locator("main a[href^='/fixes/']").first().click()],
  ["approve", null, (page) => page.getByRole("button", { name: /^(計画を承認|Approve plan)$/ }).click()],
  ["runs", "/fixes?show=runs"],
  ["run", null, (page) => page.locator("main a[href*='run=']").first().click()],
  ["owners", "/owners"],
  ["unowned", "/owners?show=missing"],
  ["rules", "/rules"],
  ["trial", "/rules?show=trial"],
  ["audit", "/audit?action=suppress"],
  ["asof", `/audit?show=asof&day=${day}`],
  ["sample", "/audit?show=sample&seed=2026&n=3"],
  ["jobs", "/jobs"],
  ["scan", null, (page) => page.getByRole("button", { name: /^(今すぐスキャン|Scan now)$/ }).click()],
  ["settings", "/settings"],
  ["search", "/search?q=orders"],
  ["missing", "/nowhere"],
];

const browser = await launch(executablePath);
const states = {};
for (const lang of Object.keys(sites)) states[lang] = await signIn(browser, sites[lang]);

// By what one sees of a page: each in both languages, light and dark, on both widths, in two views of the four; which
// two alternates. For screenshots, all eight. Axe takes most of the time, and looks at one of the two.
const all = ["en", "ja"].flatMap((lang) => [false, true].flatMap((dark) => [390, 1440].map((width) => ({ lang, dark, width, axe: folder !== undefined || lang === "ja" }))));
const wanted = all.filter(({ lang, dark, width }) => folder || ((lang === "ja") !== dark) === (width === 390));

/** walk looks at each page. */
async function walk(at) {
  const { context, page } = await opened(browser, states[at.lang], at);
  const views = [];
  let group = 0;
  for (const [name, path, act] of pages) {
    if (path) group++;
    if (!folder && (group % 2 === 0) !== ((at.lang === "ja") === at.dark)) continue;
    if (path) await page.goto(sites[at.lang].base + path);
    else await act(page);
    await settled(page);
    views.push(await look(page, name, at, folder));
  }
  await context.close();
  return views;
}

const [story, ...views] = await Promise.all([keyboard(browser, states.ja, sites.ja.base), ...wanted.map(walk)]);
await browser.close();
process.stdout.write(JSON.stringify({ views: views.flat(), keyboard: story }));
