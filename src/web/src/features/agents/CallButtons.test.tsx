import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import "../../app/i18n";
import { CallButtons } from "./CallButtons";
import type { CallControls, DeskCall } from "./contract";

const call = (consult: CallControls["consult"]): DeskCall => ({
  attemptId: "9",
  direction: "outbound",
  startedAt: "2026-07-14T14:00:05Z",
  disclosures: [],
  phase: "talking",
  controls: {
    heldAt: consult ? "2026-07-14T14:01:00Z" : null,
    recording: "Off",
    consult,
    payment: null,
    monitored: null,
    transferred: false,
  },
});

const show = (shown: DeskCall) =>
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <CallButtons call={shown} />
      </QueryClientProvider>
    </MantineProvider>,
  );

const pressHold = () =>
  act(async () => {
    window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyL", altKey: true, shiftKey: true }));
  });

describe("the hold key", () => {
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it("says when the carrier has not put the customer on hold", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return new Response(JSON.stringify({ title: "Not done", detail: "The call was not put on hold." }), {
        status: 502,
      });
    });
    show(call(null));

    await pressHold();

    expect(await screen.findByText(/The call was not put on hold/)).toBeTruthy();
    expect(asked.filter((path) => path.endsWith("/hold"))).toHaveLength(1);
  });

  it("does not bring the customer back into the talk with a colleague", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path);
      return new Response(JSON.stringify({ items: [] }));
    });
    show(call({ agent: "Ann", state: "Joined" }));

    await pressHold();

    expect(asked.filter((path) => path.endsWith("/hold"))).toHaveLength(0);
  });
});
