// Looks at the console in a real browser, and writes what it saw as JSON; who judges it is internal/web/ui.
// Usage: node test/browser.mjs SITES CHROMIUM [FOLDER for screenshots]; SITES is JSON: {"ja": {"base", "link"}, "en": …}
import { launch, look, opened, settled, signIn } from "./eyes.mjs";
import { keyboard } from "./keyboard.mjs";

const [, , given, executablePath, folder] = process.argv;
const sites = JSON.parse(given);
const pages = { overview: "/", findings: "/findings", filtered: "/findings?severity=HIGH&severity=CRITICAL", missing: "/nowhere" };

const browser = await launch(executablePath);
const states = {};
for (const lang of Object.keys(sites)) states[lang] = await signIn(browser, sites[lang]);

/** walk looks at each page. */
async function walk(at) {
  const { context, page } = await opened(browser, states[at.lang], at);
  const views = [];
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(sites[at.lang].base + path);
    await settled(page);
    views.push(await look(page, name, at, folder));
    if (name !== "filtered") continue;
    await page.locator("main a[href*='finding=']").first().click();
    await page.getByRole("tab").first().waitFor();
    await settled(page);
    views.push(await look(page, "story", at, folder));
    await page.getByRole("tab").nth(1).click();
    await settled(page);
    views.push(await look(page, "guide", at, folder));
  }
  await context.close();
  return views;
}

// Each language, appearance and width with each other once, and half of them with axe, which takes most of the time;
// for screenshots, all.
const all = ["en", "ja"].flatMap((lang) => [false, true].flatMap((dark) => [390, 1440].map((width) => ({ lang, dark, width, axe: folder !== undefined || width === (lang === "en" ? 390 : 1440) }))));
const wanted = all.filter(({ lang, dark, width }) => folder || ((lang === "ja") !== dark) === (width === 390));
const [story, ...views] = await Promise.all([keyboard(browser, states.ja, sites.ja.base), ...wanted.map(walk)]);
await browser.close();
process.stdout.write(JSON.stringify({ views: views.flat(), keyboard: story }));
