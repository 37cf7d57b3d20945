import type { ReactNode } from "react";

export function Facts(props: { children: ReactNode }) {
  return <dl className="facts">{props.children}</dl>;
}

export function Fact(props: { name: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
