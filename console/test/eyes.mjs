// What a browser needs to look at the console: it is signed in, writes down all that goes wrong, and knows when a
// page has come to rest.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const launch = (executablePath) => chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** signIn uses a link up, and returns what a browser keeps of that. */
export async function signIn(browser, { base, link }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(base + link, { waitUntil: "commit" });
  const state = await context.storageState();
  await context.close();
  return state;
}

/** opened is a page that writes down all that goes wrong in it. */
export async function opened(browser, state, { lang, dark, width }) {
  const context = await browser.newContext({
    locale: lang, colorScheme: dark ? "dark" : "light", viewport: { width, height: width < 500 ? 844 : 900 }, reducedMotion: "reduce",
    timezoneId: "America/New_York", // not the store's
    storageState: state,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.faults = [];
  page.under = 0;
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && page.faults.push(m.text()));
  page.on("pageerror", (e) => page.faults.push(String(e)));
  page.on("request", () => page.under++);
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, () => page.under--);
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`));
  });
  return { context, page };
}

/** settled waits until nothing is on its way, and what came is shown. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor().catch((error) => {
    throw new Error(`${page.url()} shows no heading: ${[...page.faults, error].join("\n")}`);
  });
  for (let still = 0; still < 2; still = page.under > 0 ? 0 : still + 1) {
    await page.waitForFunction(() => document.querySelector(".coming") === null && document.querySelector("h1") !== null);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30))));
  }
}

/** look is all that is to be judged of a page as it is. */
export async function look(page, name, at, folder) {
  const seen = await page.evaluate(() => ({
    htmlLang: document.documentElement.lang, title: document.title, text: document.body.innerText,
    client: document.documentElement.clientWidth, scroll: document.documentElement.scrollWidth,
    shownDark: document.body.classList.contains("awsui-dark-mode"), violations: window.violations,
    hidden: [...document.querySelectorAll("[aria-label],[title],[placeholder],[alt]")].flatMap((e) => ["aria-label", "title", "placeholder", "alt"].map((a) => e.getAttribute(a) ?? "")).filter((s) => s).join("\n"),
  }));
  const found = at.axe ? await new AxeBuilder({ page }).analyze() : { violations: [] };
  const axe = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200)).slice(0, 3).join(" ")}`);
  // A list goes on for longer than anybody looks at a picture of it.
  const clip = { x: 0, y: 0, width: at.width, height: await page.evaluate(() => Math.min(document.documentElement.scrollHeight, 1600)) };
  if (folder) await page.screenshot({ path: `${folder}/${name}-${at.lang}-${at.dark ? "dark" : "light"}-${at.width}.png`, ...(/[?&](finding|question|exception|run)=/.test(page.url()) ? {} : { fullPage: true, clip }) });
  return { name, ...at, ...seen, axe, faults: [...page.faults] };
}
