import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem, ContractMismatch, Unreachable } from "../app/http";
import { Icon, type IconName } from "./icons";

type Kind = "info" | "good" | "warn" | "bad";
const icons: Record<Kind, IconName> = { info: "info", good: "check", warn: "warning", bad: "stop" };

/** A message with its kind told by icon and words, not by colour alone. `bad` interrupts, the others wait their turn. */
export function Notice(props: {
  kind: Kind;
  title?: ReactNode;
  children?: ReactNode;
  side?: ReactNode;
  quiet?: boolean;
}) {
  const role = props.quiet ? undefined : props.kind === "bad" ? "alert" : "status";
  return (
    <div className="notice" data-kind={props.kind} role={role}>
      <Icon name={icons[props.kind]} />
      <div>
        {props.title && <strong>{props.title}</strong>}
        {props.children}
      </div>
      {props.side && <div className="notice-side">{props.side}</div>}
    </div>
  );
}

/** What happened, why, and what to do next, for any failed request. */
export function Failure(props: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, text } = describeFailure(props.error, t);
  return (
    <Notice
      kind="bad"
      title={title}
      side={
        props.onRetry && (
          <Button size="compact-sm" variant="default" onClick={props.onRetry}>
            {t("common.retry")}
          </Button>
        )
      }
    >
      {text}
    </Notice>
  );
}

export function describeFailure(error: unknown, t: (key: string) => string): { title: string; text: string } {
  if (error instanceof ApiProblem) {
    if (error.status === 401) return { title: t("failure.signedOut"), text: t("failure.signedOutText") };
    if (error.status === 403)
      return { title: t("failure.forbidden"), text: error.detail ?? t("failure.forbiddenText") };
    const fields = Object.values(error.errors ?? {}).flat();
    return { title: error.title, text: [error.detail, ...fields].filter(Boolean).join(" ") };
  }
  if (error instanceof Unreachable) return { title: t("failure.unreachable"), text: t("failure.unreachableText") };
  if (error instanceof ContractMismatch) return { title: t("failure.mismatch"), text: t("failure.mismatchText") };
  return { title: t("failure.unknown"), text: error instanceof Error ? error.message : String(error) };
}

export function Empty(props: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{props.title}</strong>
      {props.children}
    </div>
  );
}
