import { expect, expectAccessible, signIn, test, useScheme } from "../screens";
import { userOf } from "./host";

test.beforeEach(async ({ page }) => {
  await signIn(page, ...userOf("DIALER_SUPERVISOR"));
});

test("the floor is live, says that it is a simulation, and moves", async ({ page }) => {
  await expect(page.locator(".clockbar").getByText("Simulation", { exact: true })).toBeVisible();
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  const clock = page.locator(".clockbar time");
  const before = (await clock.textContent()) ?? "";
  await expect(clock).not.toHaveText(before);
  await expect(page.locator(".hero")).toHaveCount(6);
});

test("the page shows what the API says", async ({ page }) => {
  await expect(page.getByRole("table", { name: "Campaigns" }).locator("tbody tr").first()).toBeVisible();
  const live = await (await page.request.get("/api/v1/live")).json();
  await expect(page.getByRole("table", { name: "Campaigns" }).locator("tbody tr")).toHaveCount(live.campaigns.length);
  await expect(page.getByRole("table", { name: "Agents" })).toHaveAttribute(
    "aria-rowcount",
    String(live.agents.length + 1),
  );
  await expect(page.getByRole("region", { name: "Why this pace?" }).getByRole("listitem").first()).not.toBeEmpty();
});

for (const path of ["/", "/reports", "/campaigns", "/imports", "/accounts?q=sm"])
  test(`${path} is accessible in both themes`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
    for (const scheme of ["light", "dark"] as const) {
      await useScheme(page, scheme);
      await expectAccessible(page);
    }
  });
