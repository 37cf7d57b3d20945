import { enter, expect, expectAccessible, test, useScheme } from "../screens";

test.beforeEach(async ({ page, request }) => {
  await request.post("/mock/live/resume");
  await enter(page, "supervisor", "demo");
});

test("an agent is put into another team with a skill and its level, by keyboard alone", async ({ page }) => {
  await page.goto("/teams");
  await page.getByRole("button", { name: "Change: Dora Klein" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: /Dora Klein/ });
  await expect(dialog.getByRole("combobox", { name: "Team", exact: true })).toBeFocused();
  await page.keyboard.type("East");
  await dialog.getByRole("combobox", { name: "Add a skill" }).focus();
  await page.keyboard.type("serves-inbound");
  await expect(dialog.getByText("Small letters, digits and hyphens")).toBeVisible();
  await dialog.getByRole("combobox", { name: "Add a skill" }).fill("es");
  await page.keyboard.press("Enter");
  await dialog.getByRole("combobox", { name: "Spanish: Proficiency" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  const row = page.getByRole("table", { name: "Agents and skills" }).getByRole("row", { name: /Dora Klein/ });
  await expect(row).toContainText("East");
  await expect(row.getByRole("listitem")).toContainText(/Spanish level [2-4]/);
});

test("a team is given campaigns and a lead, and the table says both", async ({ page }) => {
  await page.goto("/teams");
  await page.getByRole("button", { name: "Change: South" }).click();
  await page.getByRole("dialog").getByRole("checkbox", { name: "Contoso telecom" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Change: Chen Wei" }).click();
  await page.getByRole("dialog").getByRole("checkbox", { name: "Leads this team" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  const row = page.getByRole("table", { name: "Teams" }).getByRole("row", { name: /South/ });
  await expect(row).toContainText("Contoso telecom");
  await expect(row).toContainText("Chen Wei");
});

test("teams read in Spanish, and axe finds nothing in either theme, with and without a dialogue", async ({ page }) => {
  await page.goto("/teams");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Teams");
  for (const scheme of ["light", "dark"] as const) {
    await useScheme(page, scheme);
    await expectAccessible(page);
  }
  await page.getByRole("button", { name: "Change: Ana Ruiz" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCSS("opacity", "1");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "ES, cambiar a español" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Equipos");
  await expect(page.getByRole("button", { name: "Cambiar: Ana Ruiz" })).toBeVisible();
});

test("an agent asks for more than the authority allows; the supervisor's counter-offer is on the desk and survives a reload", async ({
  page,
  browser,
  request,
}) => {
  await request.post("/mock/desk/reset", { data: { auto: false } });
  const agent = await (await browser.newContext({ baseURL: test.info().project.use.baseURL })).newPage();
  await enter(agent, "agent", "demo");
  await agent.getByRole("button", { name: "Start work" }).click();
  await expect(agent.locator(".desk-state .state")).toHaveText("Available");
  await request.post("/mock/desk/ring");
  await expect(agent.getByText("Talking")).toBeVisible();
  await agent.getByRole("checkbox", { name: "Right party confirmed" }).check();
  const offers = agent.getByRole("region", { name: "Settlement" });
  await offers.getByRole("button", { name: "Make an offer" }).click();
  await offers.getByRole("textbox", { name: "Amount that ends the debt" }).fill("100");
  await offers.getByRole("textbox", { name: "Why it is right" }).fill("Lost the job");
  await expectAccessible(agent);
  await offers.getByRole("button", { name: "Ask for approval" }).click();
  await expect(offers.getByText(/Waiting for an answer/)).toBeVisible();

  await page.goto("/");
  const panel = page.getByRole("region", { name: "Offers to decide" });
  await expect(panel).toContainText("Lost the job");
  await panel.getByRole("button", { name: "Answer: Ana Ruiz" }).click();
  const dialog = page.getByRole("dialog", { name: /Ana Ruiz/ });
  await expect(dialog.getByText("Beyond your authority of 40 %")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Approve" })).toBeDisabled();
  await expectAccessible(page);
  const balance = (await (await agent.request.get("/api/v1/agent/calls/1/offer")).json()).balance as number;
  const counter = (Math.ceil(balance * 70) / 100).toFixed(2);
  await dialog.getByRole("textbox", { name: "Amount that ends the debt" }).fill(counter);
  await dialog.getByRole("textbox", { name: "Words to the agent" }).fill("Not lower");
  await dialog.getByRole("button", { name: "Approve this amount instead" }).click();

  await expect(offers.getByText(/Sam Porter offers/)).toBeVisible();
  await expect(offers.getByText("Not lower")).toBeVisible();
  await agent.reload();
  await expect(agent.getByRole("region", { name: "Settlement" }).getByText(/Sam Porter offers/)).toBeVisible();
  await expectAccessible(agent);
  await agent.context().close();
});
