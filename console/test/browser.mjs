// Looks at the console in a real browser, and writes what it saw as JSON; who judges it is internal/web/ui.
// Usage: node test/browser.mjs URL CHROMIUM [FOLDER for screenshots]
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [base, executablePath, folder] = process.argv.slice(2);
const pages = { overview: "/", findings: "/findings", filtered: "/findings?severity=HIGH&severity=CRITICAL", missing: "/nowhere" };
const views = [];

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** opened is a page that writes down all that goes wrong in it. */
async function opened(lang, dark, width) {
  const context = await browser.newContext({
    locale: lang, colorScheme: dark ? "dark" : "light", viewport: { width, height: width < 500 ? 844 : 900 }, reducedMotion: "reduce", timezoneId: "Asia/Tokyo",
  });
  const faults = [];
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.faults = faults;
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && faults.push(m.text()));
  page.on("pageerror", (e) => faults.push(String(e)));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`));
  });
  return { context, page, faults };
}

async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor().catch((error) => {
    throw new Error(`${page.url()} shows no heading: ${[...page.faults, error].join("\n")}`);
  });
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector(".coming") === null && document.querySelector("h1") !== null);
}

async function look(page, faults, name, at) {
  const seen = await page.evaluate(() => ({
    htmlLang: document.documentElement.lang, title: document.title, text: document.body.innerText,
    client: document.documentElement.clientWidth, scroll: document.documentElement.scrollWidth,
    shownDark: document.body.classList.contains("awsui-dark-mode"), violations: window.violations,
    hidden: [...document.querySelectorAll("[aria-label],[title],[placeholder],[alt]")].flatMap((e) => ["aria-label", "title", "placeholder", "alt"].map((a) => e.getAttribute(a) ?? "")).filter((s) => s).join("\n"),
  }));
  const found = await new AxeBuilder({ page }).analyze();
  const axe = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200)).slice(0, 3).join(" ")}`);
  if (folder) await page.screenshot({ path: `${folder}/${name}-${at.lang}-${at.dark ? "dark" : "light"}-${at.width}.png` });
  views.push({ name, ...at, ...seen, axe, faults: [...faults] });
}

// Each language, appearance and width with each other once; for screenshots, all.
const all = ["en", "ja"].flatMap((lang) => [false, true].flatMap((dark) => [390, 1440].map((width) => ({ lang, dark, width }))));
for (const at of all.filter(({ lang, dark, width }) => folder || ((lang === "ja") !== dark) === (width === 390))) {
  const { lang, dark, width } = at;
  const { context, page, faults } = await opened(lang, dark, width);
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(base + path);
    await settled(page);
    await look(page, faults, name, at);
    if (name !== "filtered") continue;
    await page.locator("main a[href*='finding=']").first().click();
    await page.locator("ol.story-list").waitFor();
    await settled(page);
    await look(page, faults, "story", at);
  }
  await context.close();
}

/** keyboard goes through a story without a mouse, and returns what it came to. */
async function keyboard() {
  const { context, page, faults } = await opened("ja", false, 1440);
  const focus = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent || "");
  const out = {};
  await page.goto(base + "/");
  await settled(page);
  await page.keyboard.press("Tab");
  out.first = await focus();
  await page.keyboard.press("Enter");
  out.skipped = await focus();
  await page.getByRole("searchbox").focus();
  await page.keyboard.type("apigateway.5");
  await page.keyboard.press("Enter");
  await page.waitForURL(/control=/);
  await settled(page);
  out.searched = await page.locator("main").innerText();
  await page.locator("main a[href*='finding=']").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/finding=/);
  await page.locator("ol.story-list").waitFor();
  out.story = page.url();
  await page.goBack();
  await page.goBack();
  await settled(page);
  out.back = new URL(page.url()).pathname;
  // The list is longer than a page, forwards and back.
  await page.goto(base + "/findings?show=all");
  await settled(page);
  const firsts = async () => page.locator("main a[href*='finding=']").first().getAttribute("href");
  const before = await firsts();
  await page.getByRole("button", { name: "次のページ" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/after=/);
  await settled(page);
  await page.waitForFunction((was) => document.querySelector("main a[href*='finding=']")?.getAttribute("href") !== was, before);
  out.turned = (await firsts()) !== before;
  await page.getByRole("button", { name: "前のページ" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((u) => !u.search.includes("after="));
  await page.waitForFunction((was) => document.querySelector("main a[href*='finding=']")?.getAttribute("href") === was, before);
  out.returned = true;
  // Another language, and dark, without losing the place; both stay.
  await page.getByRole("button", { name: "言語" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor();
  out.language = new URL(page.url()).search;
  await page.getByRole("button", { name: "Appearance" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.body.classList.contains("awsui-dark-mode"));
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Findings" }).waitFor();
  out.kept = await page.evaluate(() => document.body.classList.contains("awsui-dark-mode"));
  await context.close();
  return { ...out, faults };
}

const story = await keyboard();
await browser.close();
process.stdout.write(JSON.stringify({ views, keyboard: story }));
