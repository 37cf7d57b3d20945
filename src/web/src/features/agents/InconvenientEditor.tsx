import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contacts } from "./recordContract";

type Change = (path: string, method: "POST" | "PUT", body: object) => void;
type Time = Contacts["inconvenientTimes"][number];

const weekdays = [1, 2, 3, 4, 5, 6, 7];
const places = ["Home", "Personal", "Work", "ThirdParty"];

/** 1 is Monday, as the first of January 2024 was. */
const dayName = (day: number, language: string) =>
  new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, day));

/** A field that takes the place of the button that was pressed takes its focus too. */
const focus = (field: HTMLInputElement | null) => field?.focus();

/** When and where a call does not suit them, in their words (15 USC 1692c(a)(1)): the next decision about a call knows it. */
export function InconvenientEditor(props: { contacts: Contacts; busy: boolean; onChange: Change }) {
  const { contacts, busy, onChange } = props;
  return (
    <>
      <Times times={contacts.inconvenientTimes} busy={busy} onChange={onChange} />
      <NewTime busy={busy} onChange={onChange} />
      <Places
        key={contacts.inconvenientPlaces.join()}
        said={contacts.inconvenientPlaces}
        busy={busy}
        onChange={onChange}
      />
    </>
  );
}

function Times({ times, busy, onChange }: { times: Time[]; busy: boolean; onChange: Change }) {
  const { t, i18n } = useTranslation();
  const [ending, setEnding] = useState<string | null>(null);
  const [words, setWords] = useState("");
  if (times.length === 0) return null;
  const text = (time: Time) => {
    const days = time.days.map((day) => dayName(day, i18n.language)).join(", ");
    const hours = time.from === time.to ? t("contacts.allDay") : `${time.from.slice(0, 5)}–${time.to.slice(0, 5)}`;
    return [days, hours].filter(Boolean).join(" ");
  };
  return (
    <>
      <strong id="not-at">{t("contacts.notAt")}</strong>
      <ul className="contacts-times" aria-labelledby="not-at">
        {times.map((time) => (
          <li key={time.id}>
            {text(time)} {time.words && <span className="sub">“{time.words}”</span>}{" "}
            {ending === time.id ? (
              <form
                className="contacts-row"
                onSubmit={(event) => {
                  event.preventDefault();
                  onChange(`inconvenient-times/${time.id}/end`, "POST", { words });
                  setEnding(null);
                  setWords("");
                }}
              >
                <TextInput
                  size="xs"
                  ref={focus}
                  label={t("contacts.words")}
                  value={words}
                  onChange={(event) => setWords(event.currentTarget.value)}
                />
                <Button size="xs" type="submit" variant="default" disabled={words.trim() === "" || busy}>
                  {t("contacts.suitsAgain")}
                </Button>
              </form>
            ) : (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t("contacts.suitsAgainOf", { time: text(time) })}
                onClick={() => setEnding(time.id)}
              >
                {t("contacts.suitsAgain")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function NewTime({ busy, onChange }: { busy: boolean; onChange: Change }) {
  const { t, i18n } = useTranslation();
  const [days, setDays] = useState<string[]>([]);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [words, setWords] = useState("");
  const wholeDay = from === "" && to === "";
  const complete = wholeDay ? days.length > 0 : from !== "" && to !== "";
  return (
    <form
      className="contacts-row"
      onSubmit={(event) => {
        event.preventDefault();
        onChange("inconvenient-times", "POST", {
          days: days.map(Number),
          from: wholeDay ? "00:00" : from,
          to: wholeDay ? "00:00" : to,
          words,
        });
        setDays([]);
        setFrom("");
        setTo("");
        setWords("");
      }}
    >
      <Checkbox.Group
        className="contacts-days"
        size="xs"
        label={t("contacts.notOn")}
        description={t("contacts.notOnHint")}
        value={days}
        onChange={setDays}
      >
        <div className="contacts-checks">
          {weekdays.map((day) => (
            <Checkbox key={day} size="xs" value={String(day)} label={dayName(day, i18n.language)} />
          ))}
        </div>
      </Checkbox.Group>
      <TextInput
        size="xs"
        type="time"
        label={t("contacts.notFrom")}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        type="time"
        label={t("contacts.notTo")}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label={t("contacts.words")}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" variant="default" loading={busy} disabled={!complete}>
        {t("contacts.addTime")}
      </Button>
    </form>
  );
}

/** The whole answer each time: a place that is unticked suits again. */
function Places({ said, busy, onChange }: { said: string[]; busy: boolean; onChange: Change }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(said);
  const same = places.every((place) => chosen.includes(place) === said.includes(place));
  return (
    <form
      className="contacts-row"
      onSubmit={(event) => {
        event.preventDefault();
        onChange("inconvenient-places", "PUT", { notAt: chosen });
      }}
    >
      <Checkbox.Group
        className="contacts-days"
        size="xs"
        label={t("contacts.notPlaces")}
        value={chosen}
        onChange={setChosen}
      >
        <div className="contacts-checks">
          {places.map((place) => (
            <Checkbox key={place} size="xs" value={place} label={t(`contacts.notPlace.${place}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <Button size="xs" type="submit" variant="default" loading={busy} disabled={same}>
        {t("contacts.savePlaces")}
      </Button>
    </form>
  );
}
