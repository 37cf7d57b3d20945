import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { useDesk } from "./desk";

/** The simulated line in words: what a headset would let the agent hear. */
export function HeardPanel() {
  const { t } = useTranslation();
  const { line } = useDesk();
  const end = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever something new is heard.
  useEffect(() => {
    end.current?.parentElement?.scrollTo({ top: 1e6 });
  }, [line.heard.length]);
  return (
    <Panel title={t("desk.heard")} side={<span className="sub">{t("desk.heardSide")}</span>}>
      {line.heard.length === 0 ? (
        <Empty title={t("desk.silence")} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll region must be reachable by keyboard.
        <ul className="heard" tabIndex={0} aria-label={t("desk.heard")}>
          {line.heard.map((said) => (
            <li key={said.key} data-who={said.who}>
              <span className="sub">{t(`desk.who.${said.who}`)}</span> {said.text}
            </li>
          ))}
          <li ref={end} aria-hidden="true" />
        </ul>
      )}
    </Panel>
  );
}
