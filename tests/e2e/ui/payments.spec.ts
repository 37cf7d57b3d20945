import { enter, expect, expectAccessible, test, useScheme } from "../screens";

test("money goes back by two people, and the processor's file is compared, by the keyboard alone", async ({ page }) => {
  await enter(page, "supervisor", "demo", "/reports");
  await page.getByRole("link", { name: /^Payments:/ }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Payments" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "2 refunds wait for somebody" })).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }

  // What a colleague asked for is approved, after a second press.
  const asked = page.getByRole("row", { name: /to be decided/ });
  await asked.getByRole("button", { name: /^Approve/ }).press("Enter");
  await asked.getByRole("button", { name: /Approve/ }).press("Enter");
  await expect(page.getByRole("row", { name: /approved, not yet/ })).toHaveCount(2);

  // What I ask for waits for somebody else.
  await page.getByRole("textbox", { name: "Reference, confirmation or account number" }).fill("ch_77a1");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Give back: 9f31c2aa70b4d8e1" }).press("Enter");
  await page.getByRole("textbox", { name: "Amount" }).fill("40.25");
  await page.getByRole("textbox", { name: "Reason" }).fill("charged too much");
  await page.keyboard.press("Enter");
  const mine = page.getByRole("row", { name: /charged too much/ });
  await expect(mine).toContainText("Somebody else decides");
  await expect(mine.getByRole("button", { name: /^Approve/ })).toHaveCount(0);

  await page.getByRole("button", { name: /^Show 1/ }).press("Enter");
  await expect(page.getByRole("table", { name: "Differences" })).toContainText("in their file, not ours");
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "day.csv", mimeType: "text/csv", buffer: Buffer.from("# from=a until=b\nreference\na\nb\n") });
  await page.getByRole("button", { name: "Compare", exact: true }).press("Enter");
  await expect(page.getByRole("table", { name: "The processor's files" })).toContainText("upload");
});
