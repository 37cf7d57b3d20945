import { fileURLToPath } from "node:url";
import { userOf } from "../demo/host";
import { expect, signIn, test } from "../screens";

/** Writes the pictures of the README from a running Host: `DIALER_URL=… DIALER_SUPERVISOR=… DIALER_AGENT=… npm run pictures`. */
const folder = fileURLToPath(new URL("../../../src/docs/images/", import.meta.url));
const settleMs = Number(process.env.SETTLE_SECONDS ?? 60) * 1000;

test("the floor", async ({ page }) => {
  test.setTimeout(settleMs + 60_000);
  await signIn(page, ...userOf("DIALER_SUPERVISOR"));
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  // The chart begins when the page is opened: give it something to show.
  await page.waitForTimeout(settleMs);
  await page.screenshot({ path: `${folder}floor.png` });
});

test("the desk", async ({ page }) => {
  test.setTimeout(240_000);
  await signIn(page, ...userOf("DIALER_AGENT"));
  await page.getByRole("button", { name: "Start work" }).click();
  await expect(page.getByText("Talking")).toBeVisible({ timeout: 180_000 });
  await page.getByRole("checkbox", { name: "Right party confirmed" }).check();
  await page.getByRole("button", { name: "Promise to pay" }).click();
  await expect(page.getByText("Past due")).toBeVisible();
  await page.screenshot({ path: `${folder}desk.png` });
});
