/* A calendar file with one whole day (RFC 5545), made here and kept by the browser as a download. */

const LINE_BYTES = 74;

export function renderCalendar({ date, title, uid, now }) {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Ridgeway//Assessments//EN",
    "BEGIN:VEVENT",
    `UID:${uid}`,
    `DTSTAMP:${now.toISOString().replace(/[-:]|\.\d+/g, "")}`,
    `DTSTART;VALUE=DATE:${date.replaceAll("-", "")}`,
    `SUMMARY:${title.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n")}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

/* Lines of at most 75 bytes; what follows begins with a space. */
function fold(line) {
  const encoder = new TextEncoder();
  let text = "";
  let room = LINE_BYTES;
  for (const letter of line) {
    const size = encoder.encode(letter).length;
    if (size > room) {
      text += "\r\n ";
      room = LINE_BYTES - 1;
    }
    text += letter;
    room -= size;
  }
  return text;
}

export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
