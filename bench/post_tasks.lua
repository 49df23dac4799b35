-- One task a request, each with a name of its own.
local count = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  count = count + 1
  return wrk.format(nil, nil, nil,
    '{"name":"posted ' .. count .. '","cron":"' .. count % 60 .. ' ' .. count % 24 .. ' 1 1 *","command":"/bin/true"}')
end
