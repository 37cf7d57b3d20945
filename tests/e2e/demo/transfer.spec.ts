import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../screens";
import { attemptOf, beAvailable, campaigns, personCalls, supervisor } from "./caller";
import { userOf } from "./host";

const state = (page: Page) => page.locator(".desk-state .state");
const slow = { timeout: 30_000 };
const level3 = "senior";

test.beforeAll(() => campaigns("pause"));
test.afterAll(async () => {
  await assign([]);
  await campaigns("launch");
});

/** Gives the senior collector of the demonstration these skills, as a supervisor does. */
async function assign(skills: string[]): Promise<void> {
  const headers = { ...(await supervisor()), "Content-Type": "application/json" };
  const base = process.env.DIALER_URL ?? "";
  const { items } = await (await fetch(`${base}/api/v1/agents`, { headers })).json();
  const found = items.find((each: { name: string }) => each.name === "Sasha Senior");
  const answer = await fetch(`${base}/api/v1/agents/${found.agentId}/assignment`, {
    method: "PUT",
    headers,
    body: JSON.stringify({ team: found.team, skills, blend: null }),
  });
  expect(answer.status).toBe(204);
}

/** A page of a browser of its own: three people, three cookies. */
async function pageOf(browser: Browser, name: string, password: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: process.env.DIALER_URL })).newPage();
  await signIn(page, name, password);
  return page;
}

async function pass(page: Page, how: "ask first" | "at once"): Promise<void> {
  await page.keyboard.press("Alt+Shift+X");
  const choices = page.getByRole("menuitem", { name: "Level 3" });
  await (how === "ask first" ? choices.first() : choices.last()).click();
}

async function wrapUp(page: Page): Promise<void> {
  await expect(state(page)).toHaveText("Wrap-up", slow);
  await page.getByRole("button", { name: "Refuses to pay" }).click();
  await page.keyboard.press("Control+Enter");
  await expect(state(page)).toHaveText("Available", slow);
}

test("a caller goes to Level 3: asked first, all three, handed over, and passed back at once; the floor sees each", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const [name, password] = userOf("DIALER_AGENT");
  const agent = await pageOf(browser, name, password);
  await beAvailable(agent);
  await personCalls(agent, 7);
  await expect(agent.getByText("Talking")).toBeVisible({ timeout: 90_000 });
  const caller = (await agent.locator(".person-name").textContent()) ?? "";
  const attempt = await attemptOf(agent);

  await assign(["es:3", "tier:3"]);
  const senior = await pageOf(browser, level3, password);
  await beAvailable(senior);
  const floor = await pageOf(browser, ...userOf("DIALER_SUPERVISOR"));
  await floor.getByRole("toolbar", { name: "Show agents by state" }).getByRole("button", { name: /On call/ }).click();
  const talking = floor.getByRole("table", { name: "Agents" });
  await expect(talking).toContainText("Dana Desk", slow);

  await pass(agent, "ask first");
  await expect(agent.getByText("You are talking with Sasha Senior; the customer holds")).toBeVisible(slow);
  await expect(senior.locator(".person-name")).toHaveText(caller, slow);
  await expect(talking).toContainText("Sasha Senior", slow);
  await agent.getByRole("button", { name: "All three" }).click();
  await expect(agent.getByText("You, Sasha Senior and the customer")).toBeVisible(slow);
  await expectAccessible(agent);
  await agent.getByRole("button", { name: "Hand over to Sasha Senior" }).click();
  await wrapUp(agent);
  await expect(senior.getByText("Talking")).toBeVisible(slow);
  expect(await attemptOf(senior)).toBe(attempt);
  await expect(talking).not.toContainText("Dana Desk", slow);

  await pass(senior, "at once");
  await wrapUp(senior);
  await expect(agent.getByText("Talking")).toBeVisible(slow);
  await expect(agent.locator(".person-name")).toHaveText(caller);
  expect(await attemptOf(agent)).toBe(attempt);
  await agent.keyboard.press("Alt+Shift+H");
  await wrapUp(agent);

  for (const page of [agent, senior]) {
    await page.context().request.put("/api/v1/agent/state", { data: { state: "Offline" } });
    await page.context().close();
  }
  await floor.context().close();
});
