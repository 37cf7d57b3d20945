import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../screens";
import { beAvailable, campaigns, personCalls } from "./caller";
import { userOf } from "./host";

const state = (page: Page) => page.locator(".desk-state .state");
const slow = { timeout: 30_000 };

test.beforeAll(() => campaigns("pause"));
test.afterAll(() => campaigns("launch"));

/** A page of a browser of its own: two people, two cookies. */
async function pageOf(browser: Browser, variable: "DIALER_AGENT" | "DIALER_SUPERVISOR"): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: process.env.DIALER_URL })).newPage();
  await signIn(page, ...userOf(variable));
  return page;
}

test("a supervisor listens, whispers, barges in, takes over and leaves, and the agent sees each", async ({ browser }) => {
  test.setTimeout(240_000);
  const agent = await pageOf(browser, "DIALER_AGENT");
  await beAvailable(agent);
  await personCalls(agent, 4);
  await expect(agent.getByText("Talking")).toBeVisible({ timeout: 90_000 });
  const name = (await agent.locator(".userbutton").textContent()) ?? "";

  const supervisor = await pageOf(browser, "DIALER_SUPERVISOR");
  await supervisor.getByRole("toolbar", { name: "Show agents by state" }).getByRole("button", { name: /On call/ }).click();
  await supervisor.getByRole("button", { name: `Listen: ${name}` }).click(slow);

  const bar = supervisor.locator(".notice", { hasText: `With ${name}` });
  await expect(bar.getByText("You hear both. Nobody hears you.")).toBeVisible(slow);
  await expect(agent.getByText("A supervisor listens")).toBeVisible(slow);
  await expectAccessible(supervisor);
  for (const [press, supervisorReads, agentReads] of [
    ["Whisper", `Only ${name} hears you.`, "A supervisor speaks to you"],
    ["Barge in", "Both hear you.", "A supervisor is in the call"],
    ["Take over", `You have the customer; ${name} is muted.`, "A supervisor has taken the call"],
  ] as const) {
    await bar.getByRole("button", { name: press }).click();
    await expect(bar.getByText(supervisorReads)).toBeVisible(slow);
    await expect(bar.getByRole("button", { name: press })).toHaveAttribute("aria-pressed", "true");
    await expect(agent.getByText(agentReads)).toBeVisible({ timeout: 3_000 });
  }
  await expectAccessible(agent);
  await bar.getByRole("button", { name: "Leave" }).click();
  await expect(bar).toBeHidden(slow);
  await expect(agent.getByText(/A supervisor/)).toBeHidden({ timeout: 3_000 });
  await expect(agent.getByText("Talking")).toBeVisible();

  // A supervisor whose page is gone is in the call no longer, and the agent is heard again.
  await supervisor.getByRole("button", { name: `Listen: ${name}` }).click();
  await expect(agent.getByText("A supervisor listens")).toBeVisible(slow);
  await supervisor.goto("about:blank");
  await supervisor.context().close();

  await agent.keyboard.press("Alt+Shift+H");
  await expect(state(agent)).toHaveText("Wrap-up", slow);
  await agent.getByRole("button", { name: "Refuses to pay" }).click();
  await agent.keyboard.press("Control+Enter");
  await expect(state(agent)).toHaveText("Available", slow);
  await agent.context().request.put(`${process.env.DIALER_URL}/api/v1/agent/state`, { data: { state: "Offline" } });
  await agent.context().close();
});
