import { enter, expect, test } from "../screens";

test("a flow is walked through by the keyboard alone, and the picture follows", async ({ page }) => {
  await enter(page, "supervisor", "demo");
  await page.getByRole("link", { name: "IVR" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "IVR" })).toBeVisible();
  const heard = page.getByRole("list", { name: "What the caller hears" });
  await expect(heard).toContainText("press 1");
  await page.getByRole("button", { name: "Press 1" }).focus();
  await page.keyboard.press("Enter");
  await expect(heard).toContainText("zip code");
  await expect(page.locator(".flow-step[data-current]")).toContainText("verify-zip");
  await page.getByRole("textbox", { name: "A number" }).focus();
  await page.keyboard.type("30301");
  await page.keyboard.press("Enter");
  await expect(heard).toContainText("$340.25");
  await expect(page.getByText("verified", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Press 1" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Captured" }).focus();
  await page.keyboard.press("Enter");
  await expect(heard).toContainText("was received");
  await page.getByRole("button", { name: "Start again" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".flow-step[data-current]")).toContainText("open");
});
