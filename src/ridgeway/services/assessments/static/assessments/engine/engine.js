/* The engine of the browser: the names that the server's engine has, on the same JSON. */

import { load } from "./loading.js";
import { renderMain } from "./render.js";
import { replay } from "./replay.js";
import { findToday, stateOf } from "./today.js";

export { load, replay, renderMain, findToday, stateOf };
