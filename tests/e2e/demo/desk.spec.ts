import { expect, expectAccessible, signIn, test } from "../screens";
import { userOf } from "./host";

test("an agent works one real call of the campaign by keyboard", async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, ...userOf("DIALER_AGENT"));
  const state = page.locator(".desk-state .state");
  await page.getByRole("button", { name: "Start work" }).click();
  await expect(page.getByText("Softphone connected")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("heading", { name: "Who is on the line" })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("Verify the person first")).toBeVisible();
  await page.getByRole("checkbox", { name: "Right party confirmed" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByText("Past due")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("2");
  await page.keyboard.press("Alt+Shift+H");
  await expect(state).toHaveText("Wrap-up");
  await page.keyboard.press("Alt+Shift+N");
  await page.keyboard.type("Tried from the browser");
  await page.keyboard.press("Control+Enter");
  await expect(state).not.toHaveText("Wrap-up");
});
