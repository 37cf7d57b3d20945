import { enter, expect, expectAccessible, test, useScheme } from "../screens";

test.beforeEach(async ({ page, request }) => {
  await request.post("/mock/live/resume");
  await enter(page, "supervisor", "demo");
});

test("the builder counts the list as it is chosen and says which caps bind the cadence", async ({ page }) => {
  await page.goto("/campaigns/new");
  await page.getByRole("combobox", { name: "Client" }).click();
  await page.getByRole("option", { name: /Contoso/ }).click();
  await expect(page.locator(".list-count")).toContainText("4,090");
  await page.getByRole("textbox", { name: "Balance from" }).fill("800");
  await expect(page.locator(".list-count")).toContainText("1,110");
  await page.getByRole("textbox", { name: "Most attempts a day" }).fill("1");
  await expect(page.getByText(/1 cap is stricter/)).toBeVisible();
  await page.getByRole("textbox", { name: "Most attempts a day" }).fill("4");
  await expect(page.getByText(/3 caps are stricter/)).toBeVisible();
});

test("the matrix is worked by keyboard: a line is added, filled and moved up", async ({ page }) => {
  await page.goto("/campaigns/new");
  const lines = page.getByRole("table", { name: "Cadence: when to try again" }).locator("tbody tr");
  await expect(lines).toHaveCount(8);
  await page.getByRole("button", { name: "Add a line" }).focus();
  await page.keyboard.press("Enter");
  await expect(lines).toHaveCount(9);
  const wait = page.getByRole("textbox", { name: "Line 9: wait" });
  await wait.fill("3 weeks");
  await expect(page.getByText("Such as 90 min, 4 h or 2 d")).toBeVisible();
  await wait.fill("2 d");
  await page.getByRole("button", { name: "Move line 9 up" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Line 8: wait" })).toHaveValue("2 d");
});

test("a design is changed with a reason, and the comparison says what it shows", async ({ page }) => {
  await page.goto("/campaigns/1/design");
  const save = page.getByRole("button", { name: "Save the change" });
  await page.getByRole("textbox", { name: "Most calls a day" }).fill("4000");
  await expect(save).toBeDisabled();
  await page.getByRole("textbox", { name: "Reason" }).fill("Half the room is away");
  await save.click();
  await expect(page.getByText("Half the room is away")).toBeVisible();
  await expect(page.getByText("B is higher")).toBeVisible();
});

test("a number that is answered less is seen and put to rest", async ({ page }) => {
  await page.goto("/numbers");
  await expect(page.getByText("Answered less")).toBeVisible();
  await page.getByRole("button", { name: "Let it rest: +12125550102" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("Labelled");
  await page.getByRole("dialog").getByRole("button", { name: "Let it rest" }).click();
  await expect(page.getByRole("button", { name: "Use it again: +12125550102" })).toBeVisible();
});

test("a message goes out and a rule that makes no sense is refused in words", async ({ page }) => {
  await page.goto("/steering");
  await page.getByRole("textbox", { name: "Message" }).fill("Payments are back");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("0 have read it")).toBeVisible();
  await page.getByRole("textbox", { name: "Abandonment, of its cap: End at" }).fill("95");
  await page.getByRole("button", { name: "Save: Abandonment, of its cap" }).click();
  await expect(page.getByText("good side of where it is raised")).toBeVisible();
});

test("the big screen shows the floor without navigation and leaves by Escape", async ({ page }) => {
  await page.goto("/wallboard");
  await expect(page.locator(".hero")).toHaveCount(6);
  await expect(page.getByRole("navigation")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
});

test("an administrator reads the feed and revokes a token by two presses", async ({ page, context }) => {
  await context.clearCookies();
  await enter(page, "admin", "demo");
  await page.goto("/outside");
  await expect(page.getByRole("table", { name: "Event feed" }).getByRole("row", { name: /promise\.made/ })).toContainText("amount 40");
  await expect(page.getByText("81199-4710")).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  await page.getByRole("button", { name: "Revoke: warehouse" }).press("Enter");
  await page.getByRole("button", { name: "Really Revoke: warehouse?" }).press("Enter");
  await expect(page.getByRole("row", { name: /warehouse/ })).toContainText("Revoked");
});

for (const path of ["/campaigns/new", "/campaigns/1/design", "/numbers", "/steering", "/wallboard", "/outside"])
  test(`${path} is accessible in both themes`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
    for (const scheme of ["light", "dark"] as const) {
      await useScheme(page, scheme);
      await expectAccessible(page);
    }
  });
