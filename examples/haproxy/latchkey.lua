-- Asks Latchkey about the token of a request, for HAProxy. docs/forward-auth.md explains each line.

local VERIFY = "http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357/v1/verify?scope="
local LONGEST_WAIT_MS = 2000

local IDENTITY = { "x-latchkey-client-id", "x-latchkey-scope", "x-latchkey-jti" }
local FOR_THE_CALLER = { "www-authenticate", "latchkey-reason", "retry-after" }

local function refuse(txn, status, headers)
  local reply = txn:reply({ status = status })
  for _, name in ipairs(FOR_THE_CALLER) do
    local values = headers[name]
    if values then reply:add_header(name, values[0]) end
  end
  txn:done(reply)
end

core.register_action("latchkey", { "http-req" }, function(txn)
  local asked = { ["x-forwarded-for"] = { txn.f:src() } }
  -- All of them: that there are two is for Latchkey to refuse.
  asked["authorization"] = txn.http:req_get_headers()["authorization"]

  local answer = core.httpclient():get({
    url = VERIFY .. txn:get_var("txn.latchkey_scope"),
    headers = asked,
    timeout = LONGEST_WAIT_MS,
  })

  if answer.status == 200 then
    for _, name in ipairs(IDENTITY) do
      txn.http:req_set_header(name, answer.headers[name][0])
    end
    txn:set_var("txn.latchkey_verdict", "accepted")
  elseif answer.status == 401 or answer.status == 403 then
    refuse(txn, answer.status, answer.headers)
  end
end)
