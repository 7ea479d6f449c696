/* The engine of the browser: the names that the server's engine has, on the same JSON. */

import { readAnswers, withAnswers } from "./answering.js";
import { load } from "./loading.js";
import { renderMain } from "./render.js";
import { replay } from "./replay.js";
import { findToday, stateOf } from "./today.js";
import { buildStartView, buildView } from "./viewing.js";

export { buildStartView, buildView, findToday, load, readAnswers, renderMain, replay, stateOf, withAnswers };
