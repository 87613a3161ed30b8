// Goes through a story without a mouse, and returns what it came to.
import { opened, settled } from "./eyes.mjs";

export async function keyboard(browser, state, base) {
  const { context, page } = await opened(browser, state, { lang: "ja", dark: false, width: 1440 });
  const focus = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("aria-label") || document.activeElement?.textContent || "");
  const firsts = () => page.locator("main a[href*='finding=']").first().getAttribute("href");
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
  await page.waitForURL(/controls\/APIGateway.5/);
  await settled(page);
  await page.getByRole("link", { name: "このコントロールの検出結果" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/control=/);
  await settled(page);
  out.searched = await page.locator("main").innerText();
  // Somebody writes a note about the first finding.
  await page.locator("tbody input[type=checkbox]").first().focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "アクション" }).first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "メモを追加" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel("理由").focus();
  await page.keyboard.type("利用者に確認中");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  out.noted = await page.getByText("1 件の検出結果にメモを追加しました").first().innerText();
  await settled(page);
  await page.locator("main a[href*='finding=']").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/finding=/);
  await page.getByRole("tab").first().waitFor();
  out.story = page.url();
  for (let n = 0; n < 3; n++) await page.goBack();
  await settled(page);
  out.back = new URL(page.url()).pathname;
  // The list is longer than a page, forwards and back.
  await page.goto(base + "/findings?show=all");
  await settled(page);
  const before = await firsts();
  await page.getByRole("button", { name: "次のページ" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/after=/);
  await settled(page);
  out.turned = (await firsts()) !== before;
  await page.getByRole("button", { name: "前のページ" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((u) => !u.search.includes("after="));
  await settled(page);
  out.returned = (await firsts()) === before;
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
  return { ...out, faults: page.faults };
}
