import { describe, expect, it } from "vitest";
import { choices, givenTo } from "./contract";

const words = { me: "me", team: (name: string) => `team ${name}` };
const answer = { today: "2026-06-10", seat: true, team: "north", agents: [], items: [] };

describe("whose a task is", () => {
  it("is the own person's first, then the own team's", () =>
    expect(choices(answer, words)).toEqual([
      { value: "me", label: "me" },
      { value: "team:north", label: "team north" },
    ]));

  it("is any team's and agent's for whoever may give them, and not the own without a seat", () =>
    expect(
      choices(
        {
          ...answer,
          seat: false,
          team: "",
          agents: [
            { agentId: "7", name: "Ana", team: "south" },
            { agentId: "8", name: "Ben", team: "" },
          ],
        },
        words,
      ).map((each) => each.value),
    ).toEqual(["team:south", "agent:7", "agent:8"]));

  it("goes to the API as an agent, a team, or nobody but the caller", () =>
    expect([givenTo("me"), givenTo("team:team:a"), givenTo("agent:7")]).toEqual([
      {},
      { team: "team:a" },
      { agentId: 7 },
    ]));
});
