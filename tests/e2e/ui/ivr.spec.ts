import { enter, expect, expectAccessible, test, useScheme } from "../screens";

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

test("a message left after hours is heard through a checked link and marked as dealt with, by the keyboard alone", async ({
  page,
}) => {
  await enter(page, "supervisor", "demo");
  await page.getByRole("link", { name: "Recordings" }).press("Enter");
  await page.getByRole("link", { name: "Messages that callers left" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  const named = page.getByRole("row", { name: /Denise Okafor/ });
  await expect(named.getByRole("link", { name: "NW-005002" })).toHaveAttribute("href", "/accounts/4102");
  await expect(page.getByRole("row", { name: /0188/ }).filter({ hasText: "being fetched" })).toContainText(
    "not verified",
  );
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  await named.getByRole("button", { name: /^Listen to the message/ }).press("Enter");
  await expect(page.locator("audio")).toHaveAttribute("src", "/api/v1/recordings/media/RE93");
  await named.getByRole("button", { name: /^Mark as dealt with: the message/ }).press("Enter");
  await expect(named).toContainText("supervisor");
  await expect(named.getByRole("button", { name: /^Mark as dealt with: the message/ })).toHaveCount(0);
});

test("an administrator sets what a client's callers are asked, by the keyboard alone, and is told why not", async ({ page }) => {
  await enter(page, "admin", "demo");
  await page.getByRole("link", { name: "IVR", exact: true }).press("Enter");
  await page.getByRole("link", { name: "IVR limits" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "IVR limits" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Opens" })).toHaveValue("09:00");
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  const save = page.getByRole("region", { name: "In force" }).getByRole("button", { name: "Set" });
  await expect(save).toBeDisabled();
  await page.getByRole("textbox", { name: "Closes" }).fill("08:00");
  await save.press("Enter");
  await expect(page.getByRole("alert")).toContainText("closes after opens");
  await page.getByRole("textbox", { name: "Closes" }).fill("20:00");
  await page.getByRole("textbox", { name: "Failed rounds a call" }).fill("2");
  const first = page.getByRole("combobox", { name: "First" });
  await first.press("Enter");
  await expect(page.getByRole("option", { name: "Last four of the SSN" })).toBeVisible();
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await first.press(key);
  await expect(first).toHaveValue("Last four of the SSN");
  await save.press("Enter");
  await expect(page.getByText("set by admin", { exact: false })).toBeVisible();
  await expect(first).toHaveValue("Last four of the SSN");
  await expect(page.getByRole("table", { name: "What held before" }).getByRole("row").nth(1)).toContainText("09:00–18:00");
});

test("a kept card is removed for somebody who asks an agent", async ({ page }) => {
  await enter(page, "agent", "demo");
  await page.goto("/accounts/4102");
  const kept = page.getByRole("listitem").filter({ hasText: "visa •••• 4242" });
  await expect(kept).toContainText("since");
  await expectAccessible(page);
  await kept.getByRole("button", { name: "Remove visa •••• 4242" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Kept for payments" })).toHaveCount(0);
});
