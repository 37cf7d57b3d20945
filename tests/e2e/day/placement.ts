/** A client's placement file of a creditor of its own: people in New York who may be called this morning, two in Hawaii where it is night, three rows that nobody can import. */
export const creditor = "Pier Nine Credit";
export const goodRows = 62;

/** The account of somebody in Hawaii. */
export const farAway = "P9-1060";

const header =
  "client_account_no,client_person_no,first_name,last_name,birth_date,ssn4,state,zip,phone1,phone1_type,artificial_voice_consent,creditor,product,balance,bucket_current,bucket_30,placed_on";

/** What is wrong, and what the supervisor makes of it. */
export const repairs: [wrong: string, right: string][] = [
  ["12-34", "(212) 730-0171"],
  ["1o5.50", "105.50"],
  [",1000,", ",10001,"],
];

export function placement(): string {
  const people = Array.from({ length: 60 }, (_, at) => row(at, "NY", "10001", `212730${String(1000 + 7 * at)}`));
  const abroad = [0, 1].map((at) => row(60 + at, "HI", "96813", `808730${2000 + at}`));
  const wrong = [
    row(62, "NY", "10001", repairs[0]?.[0] ?? ""),
    row(63, "NY", "10001", "2127300172").replace("105.50", repairs[1]?.[0] ?? ""),
    row(64, "NY", "1000", "2127300173"),
  ];
  return [header, ...people.slice(0, 30), ...wrong, ...people.slice(30), ...abroad, ""].join("\n");
}

const row = (at: number, state: string, zip: string, phone: string) =>
  `P9-${1000 + at},P9P-${1000 + at},Robin,Pier${String.fromCharCode(65 + (at % 26))}${at},1980-04-05,1234,${state},${zip},${phone},landline,yes,${creditor},Credit card,105.50,40.50,65.00,2026-05-20`;

/** The rejects file with its wrong cells mended, as somebody does in a spreadsheet. */
export const repaired = (rejects: string) => repairs.reduce((text, [wrong, right]) => text.replace(wrong, right), rejects);
