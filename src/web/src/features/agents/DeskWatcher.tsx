import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { codeText } from "../../app/i18n";
import { StateTag } from "../../ui/StateTag";
import { desk, useDesk } from "./desk";
import { leaderTab, useLeadership } from "./leaderTab";
import "./desk.css";

/**
 * For an agent at work on any other page: the state, the way back, and the screen of a call that comes. Who is available
 * has asked for it, and it must be there before the voice; the call that he left to look something up does not pull him back.
 */
export function DeskWatcher() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const { desk: state } = useDesk();
  const leadership = useLeadership();
  const working = state.phase === "working";
  const call = state.snapshot?.call?.attemptId ?? null;
  const before = useRef(call);
  useEffect(() => {
    if (working && call !== null && call !== before.current) go("/desk");
    before.current = call;
  }, [working, call, go]);
  useEffect(() => {
    if (working && (leadership === "takenOver" || leadership === "following")) desk.yieldToOtherTab();
  }, [working, leadership]);
  useEffect(() => {
    if (working) leaderTab.ask();
    else leaderTab.leave();
  }, [working]);
  if (!working || !state.snapshot) return null;
  return (
    <aside className="away-from-desk" aria-label={t("desk.state")}>
      <StateTag state={state.snapshot.state} />
      {state.snapshot.reason && state.snapshot.state === "Break" && (
        <span className="muted">{codeText(t, "breakReason", state.snapshot.reason)}</span>
      )}
      <Link to="/desk">{t(call === null ? "desk.toDesk" : "desk.toCall")}</Link>
    </aside>
  );
}
