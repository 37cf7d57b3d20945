import { type ReactNode, useId } from "react";

/** A titled region of a page; the title labels it for assistive technology. */
export function Panel(props: { title: ReactNode; side?: ReactNode; children: ReactNode; flush?: boolean }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{props.title}</h2>
        {props.side && <div className="panel-side">{props.side}</div>}
      </div>
      {props.flush ? props.children : <div className="panel-body">{props.children}</div>}
    </section>
  );
}
