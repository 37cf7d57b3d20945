import { describe, expect, it } from "vitest";
import routes from "./Routes.tsx?raw";

/** The picture of each page, by its address; tests/e2e/pictures/pages.spec.ts takes them. */
const pictureOf: Record<string, string> = {
  "/": "floor",
  "/accounts": "accounts",
  "/accounts/:id": "account",
  "/accounts/:id/why": "why",
  "/calls/:id": "call",
  "/campaigns": "campaigns",
  "/campaigns/:id/design": "design",
  "/campaigns/:id/funnel": "funnel",
  "/campaigns/:id/pace": "pace",
  "/campaigns/new": "builder",
  "/coaching": "coaching",
  "/desk": "desk",
  "/imports": "imports",
  "/ivr": "ivr",
  "/ivr/limits": "ivr-limits",
  "/login": "login",
  "/messages": "messages",
  "/notices": "notices",
  "/numbers": "numbers",
  "/outside": "outside",
  "/payments": "payments",
  "/policy": "policy",
  "/recordings": "recordings",
  "/reports": "reports",
  "/steering": "steering",
  "/teams": "teams",
  "/wallboard": "wallboard",
};
const files = Object.keys(import.meta.glob("../../../docs/images/pages/*.png")).map((path) => path.split("/").at(-1));

describe("the pictures of the pages", () => {
  it("name every address there is", () => {
    const addresses = [...routes.matchAll(/<Route path="([^"]+)"|path === "([^"]+)"/g)].map(
      ([, one, other]) => one ?? other,
    );
    expect(addresses.toSorted()).toEqual(Object.keys(pictureOf).toSorted());
  });

  it("are there in both themes, the second factor and the tasks too", () => {
    const wanted = [...Object.values(pictureOf), "second-factor", "tasks"].flatMap((name) => [
      `${name}-dark.png`,
      `${name}-light.png`,
    ]);
    expect(wanted.filter((name) => !files.includes(name))).toEqual([]);
  });
});
