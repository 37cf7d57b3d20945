import type { Page } from "@playwright/test";
import { enter, expect, expectAccessible, test, useScheme } from "../screens";

const clock = (page: Page) => page.locator(".clockbar time");

test.beforeEach(async ({ page, request }) => {
  await request.post("/mock/live/resume");
  await enter(page, "supervisor", "demo");
});

test("the floor says that it is a simulation, how fast it runs, and moves by itself", async ({ page }) => {
  await expect(page.locator(".clockbar").getByText("Simulation", { exact: true })).toBeVisible();
  await expect(page.getByText("20× speed")).toBeVisible();
  const before = (await clock(page).textContent()) ?? "";
  await expect(clock(page)).not.toHaveText(before);
});

test("six key figures, each with its formula for keyboard users", async ({ page }) => {
  await expect(page.locator(".hero")).toHaveCount(6);
  await page.getByRole("button", { name: "Abandonment", exact: true }).focus();
  await expect(page.getByRole("tooltip")).toContainText("Abandoned ÷ live answers");
});

test("choosing a campaign by keyboard explains its pace", async ({ page }) => {
  await page.getByRole("button", { name: "Contoso telecom" }).focus();
  await page.keyboard.press("Enter");
  const pace = page.getByRole("region", { name: "Why this pace?" });
  await expect(pace).toContainText("Contoso telecom");
  await expect(pace.getByRole("listitem").first()).not.toBeEmpty();
});

test("agents can be sorted and filtered, and their timers run", async ({ page }) => {
  const agents = page.getByRole("table", { name: "Agents" });
  await agents.getByRole("button", { name: "Agent", exact: true }).click();
  await expect(agents.getByRole("columnheader", { name: "Agent", exact: true })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await page
    .getByRole("toolbar", { name: "Show agents by state" })
    .getByRole("button", { name: /On call/ })
    .click();
  for (const state of await agents.locator("tbody .state").all()) await expect(state).toHaveText("On call");
});

test("a table is taken as a workbook as it stands on the screen, and an agent cannot take one", async ({ page, context }) => {
  const agents = page.getByRole("table", { name: "Agents" });
  await agents.getByRole("button", { name: "Agent", exact: true }).click();
  const [asked, file] = await Promise.all([
    page.waitForRequest("**/api/v1/tables.xlsx"),
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Excel: Agents" }).press("Enter"),
  ]);
  expect(file.suggestedFilename()).toBe("Agents.xlsx");
  const { title, columns, rows } = asked.postDataJSON();
  expect(title).toBe("Agents");
  expect(columns).not.toContain("Supervise");
  expect(rows).toHaveLength(Number(await agents.getAttribute("aria-rowcount")) - 1);
  const names = rows.map((row: unknown[]) => row[columns.indexOf("Agent")]);
  expect(names).toEqual([...names].sort());
  expect(rows[0][columns.indexOf("State")]).toMatch(/^(Available|On call|Wrap-up|Break|Reserved|Offline|Not responding)$/);
  await context.clearCookies();
  await enter(page, "agent", "demo", "/accounts?q=ok");
  await expect(page.getByRole("table").first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Excel/ })).toHaveCount(0);
});

test("silence is called stale after three seconds, and news clears it", async ({ page, request }) => {
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  await request.post("/mock/live/pause");
  await expect(page.getByText(/Stale: nothing new/)).toBeVisible();
  await request.post("/mock/live/resume");
  await expect(page.getByText(/Stale: nothing new/)).toBeHidden();
});

test("a dropped connection is taken up again", async ({ page, request }) => {
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  await request.post("/mock/live/drop");
  const before = (await clock(page).textContent()) ?? "";
  await expect(clock(page)).not.toHaveText(before);
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
});

test("the floor is accessible in both themes", async ({ page }) => {
  await expect(page.locator(".connection[data-kind=live]")).toBeVisible();
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
});
