"use strict";(()=>{var n="__DRAGOMAN_SITE__";console.debug(n);})();
