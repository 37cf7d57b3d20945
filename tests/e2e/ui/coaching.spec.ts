import { enter, expect, expectAccessible, test, useScheme } from "../screens";

test("an agent reads the own notes and answers once, by keyboard alone", async ({ page }) => {
  await enter(page, "agent", "demo");
  await page.getByRole("link", { name: "Coaching" }).press("Enter");
  await expect(page.getByText("Pause before you say the amount")).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  await page.getByRole("textbox", { name: "Your answer to Sam Supervisor" }).fill("I will.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("You answered: I will.")).toBeVisible();
});
