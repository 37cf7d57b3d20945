import { expect, type Page } from "@playwright/test";
import { userOf } from "./host";

const base = process.env.DIALER_URL ?? "";
const json = { "Content-Type": "application/json" };

let signedIn: Promise<Record<string, string>> | undefined;

/** A supervisor's headers. Not by the page's own requests: they share its cookie, and the page would become the supervisor's. */
export const supervisor = () => (signedIn ??= signInSupervisor());

async function signInSupervisor(): Promise<Record<string, string>> {
  const [userName, password] = userOf("DIALER_SUPERVISOR");
  const login = await fetch(`${base}/api/v1/access/login`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ userName, password }),
  });
  return { Authorization: `Bearer ${(await login.json()).token}` };
}

/** Stops, or lets go on, the campaigns that give calls to agents: a test then has no call but its own. */
export async function campaigns(what: "pause" | "launch"): Promise<void> {
  const headers = await supervisor();
  const all = await (await fetch(`${base}/api/v1/campaigns`, { headers })).json();
  for (const each of all)
    if (each.mode === "Predictive")
      await fetch(`${base}/api/v1/campaigns/${each.campaignId}/${what}`, { method: "POST", headers });
}

/** Spanish-speaking people of the sample who were found by now. */
const numbers: string[] = [];

/**
 * A Spanish-speaking person of the sample calls in and asks for an agent: the skill brings the call to the desk that
 * has it, whoever else is free. The person is chosen by number, so that each test talks with somebody else.
 */
export async function personCalls(page: Page, which: number, persona: object = {}): Promise<void> {
  const headers = await supervisor();
  for (const name of numbers.length > which ? [] : ["torr", "garc", "rami", "lope", "hern", "mart", "gonz", "perez", "rodr", "sanc", "rive", "flor", "cruz", "diaz"]) {
    const found = await (await fetch(`${base}/api/v1/accounts?limit=20&q=${name}`, { headers })).json();
    for (const { accountId } of found.items ?? []) {
      const account = await (await fetch(`${base}/api/v1/accounts/${accountId}`, { headers })).json();
      const phone = account.phones.find((each: { status: string }) => each.status === "Active");
      if (account.account.language === "es" && account.account.balance > 300 && account.holds.length === 0 && phone && !numbers.includes(phone.e164))
        numbers.push(phone.e164);
      if (numbers.length > which) break;
    }
    if (numbers.length > which) break;
  }
  expect(numbers.length, "Spanish-speaking people in the sample").toBeGreaterThan(which);
  const all = await (await fetch(`${base}/api/v1/campaigns`, { headers })).json();
  const gateway = await page.evaluate(async () => {
    const answer = await fetch("/api/v1/agent/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
    });
    return (await answer.json()).softphone.gateway as string;
  });
  const ours = all.find((each: { mode: string }) => each.mode === "Predictive").fromE164;
  const who = {
    party: "right",
    intent: "agent",
    result: "RPC-PTP",
    talkSeconds: 900,
    patience: 90,
    misKeys: 0,
    interrupts: 0,
  };
  const call = await fetch(`${gateway}/simulator/inbound`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ from: numbers[which], to: ours, persona: { ...who, ...persona } }),
  });
  expect(call.status).toBe(201);
}

/** At work and free: a call of the campaign that was in the air when it was paused is ended and written up first. */
export async function beAvailable(page: Page): Promise<void> {
  const state = page.locator(".desk-state .state");
  await expect(async () => {
    const start = page.getByRole("button", { name: "Start work" });
    if (await start.isVisible()) await start.click();
    if ((await state.textContent({ timeout: 5_000 })) === "On call") await page.keyboard.press("Alt+Shift+H");
    if ((await state.textContent()) === "Wrap-up") {
      await page.getByRole("button", { name: "Refuses to pay" }).click();
      await page.keyboard.press("Control+Enter");
    }
    await expect(state).toHaveText("Available", { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
}

/** When the desk had drawn a call and when the voice came, as the service wrote both down. */
export async function screenOf(attemptId: number): Promise<{ shownAt: string; bridgedAt: string }> {
  const answer = await fetch(`${base}/api/v1/routing/decisions?attemptId=${attemptId}`, { headers: await supervisor() });
  return (await answer.json()).items[0];
}

/** What is on record of a call, from its row in the list of calls. */
export async function dispositionOf(attemptId: number): Promise<{ outcome: string }> {
  const answer = await fetch(`${base}/api/v1/calls?limit=1&before=${attemptId + 1}`, { headers: await supervisor() });
  const [call] = (await answer.json()).items;
  expect(call.attemptId).toBe(attemptId);
  return { outcome: call.disposition };
}

/** The call that the server says is in hand; 0 when there is none. */
export async function attemptOf(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const answer = await fetch("/api/v1/agent/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ draws: true }),
    });
    return (await answer.json()).snapshot.call?.attemptId ?? 0;
  });
}
