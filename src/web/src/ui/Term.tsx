import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

export function Tip(props: { text: string; children: ReactNode }) {
  return (
    <Tooltip
      label={<div className="tip-body">{props.text}</div>}
      events={{ hover: true, focus: true, touch: true }}
      openDelay={150}
      withArrow
      multiline
    >
      {props.children}
    </Tooltip>
  );
}

/** A metric's name whose formula shows on hover and on focus. */
export function Term(props: { formula: string; children: ReactNode }) {
  return (
    <Tip text={props.formula}>
      <button type="button" className="term">
        {props.children}
      </button>
    </Tip>
  );
}
