#!/usr/bin/env bash
# One visit of a shopping agent, by curl alone: ./test/e2e-test.sh API_URL [QUEUE_URL] [PROFILE]
# With QUEUE_URL it also looks for the order's event: in a queue of your own that hears the topic checkout-events, or in
# order-updates, whose reader is mostly faster: there it is enough that everything was taken. PROFILE is the AWS profile
# that may read it, whatever it signs in with; otherwise the environment's keys are used. KEY=ofk_... where the checkout is
# not lenient. Needs curl and jq; for a PROFILE the AWS command line, version 1 or 2.
set -euo pipefail

[ $# -ge 1 ] && [ $# -le 3 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
api=${1%/} queue=${2:-} profile=${3:-}
for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "This needs $tool on PATH: install it first." >&2; exit 2; }
done
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

fail() { echo "FAIL  $1"; [ ! -s "$answer" ] || { head -c 600 "$answer"; echo; }; exit 1; }
ok() { echo "ok    $1"; }

# ask EXPECTED_STATUS METHOD PATH [BODY]: the answer lands in $answer
ask() {
  local headers=(-H 'Content-Type: application/json')
  [ -z "${KEY:-}" ] || headers+=(-H "Authorization: Bearer $KEY" -H "API-Version: 2026-04-17" -H "Idempotency-Key: e2e-$RANDOM-$RANDOM-$(date +%s%N)")
  local status
  status=$(curl -sS --max-time 30 -o "$answer" -w '%{http_code}' -X "$2" "${headers[@]}" ${4:+--data "$4"} "$api$3") || fail "$2 $3 got no answer"
  [ "$status" = "$1" ] || fail "$2 $3 answered $status, $1 expected"
}
said() { jq -er "$1" "$answer" || fail "the answer has no $1"; }
is() { [ "$(said "$1")" = "$2" ] || fail "$1 is $(said "$1"), $2 expected"; }

# The older gateway's request, by the letter; with a key the protocol's, in the shop's own currency.
body='{"currency":"usd","items":[{"id":"test_1","quantity":1}]}'
if [ -n "${KEY:-}" ]; then
  ask 200 GET /.well-known/acp.json
  body=$(jq -cn --arg currency "$(said '.capabilities.supported_currencies[0]')" '{currency: $currency, capabilities: {}, line_items: [{id: "test_1"}]}')
fi
ask 201 POST /checkout_sessions "$body"
session=$(said .id)
ok "created session $session, $(said .status)"

ask 200 GET "/checkout_sessions/$session"
is .id "$session"
ok "read it again"

address='{"name":"Ada Lovelace","line_one":"Unter den Linden 1","city":"Berlin","state":"BE","country":"DE","postal_code":"10117"}'
ask 200 POST "/checkout_sessions/$session" '{"buyer":{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com"},"fulfillment_details":{"name":"Ada Lovelace","address":'"$address"'}}'
if [ "$(said .status)" != ready_for_payment ]; then
  choice=$(jq -c '{selected_fulfillment_options: [{type: .fulfillment_options[0].type, option_id: .fulfillment_options[0].id, item_ids: [.line_items[].id]}]}' "$answer")
  ask 200 POST "/checkout_sessions/$session" "$choice"
fi
is .status ready_for_payment
total=$(said '.totals[] | select(.type == "total").amount') currency=$(said .currency)
ok "updated it: $total $currency to pay, shipping and tax included"

# A card of the sandbox becomes a token for this session; docs/checkout-vault.md lists others.
handler=$(said '.capabilities.payment.handlers[0].id') merchant=$(said '.capabilities.payment.handlers[0].config.merchant_id')
card='{"type":"card","card_number_type":"fpan","number":"4242424242424242","exp_month":"12","exp_year":"2032","name":"Ada Lovelace","cvc":"123","display_card_funding_type":"credit","display_last4":"4242","metadata":{}}'
until=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v+1H +%Y-%m-%dT%H:%M:%SZ)
ask 201 POST /agentic_commerce/delegate_payment "$(jq -cn --argjson card "$card" --argjson total "$total" --arg currency "$currency" --arg session "$session" --arg merchant "$merchant" --arg until "$until" \
  '{payment_method: $card, allowance: {reason: "one_time", max_amount: $total, currency: $currency, checkout_session_id: $session, merchant_id: $merchant, expires_at: $until}, risk_signals: [{type: "card_testing", score: 0, action: "authorized"}], metadata: {}}')"
token=$(said .id)
ok "a payment was delegated"

ask 200 POST "/checkout_sessions/$session/complete" '{"payment_data":{"handler_id":"'"$handler"'","instrument":{"type":"card","credential":{"type":"spt","token":"'"$token"'"}}}}'
is .status completed
order=$(said .order.id)
ok "completed it: order $order"

ask 405 POST "/checkout_sessions/$session/cancel"
ok "a completed session is not canceled"

ask 201 POST /checkout_sessions "$body"
other=$(said .id)
ask 200 POST "/checkout_sessions/$other/cancel"
is .status canceled
ok "another session was canceled"

[ -n "$queue" ] || { echo "No QUEUE_URL: the order's event was not looked for."; exit 0; }

host=$(sed -E 's|^([a-z]+://[^/]+).*|\1|' <<<"$queue")
region=$(sed -nE 's|^https://sqs\.([a-z0-9-]+)\..*|\1|p' <<<"$queue")
region=${region:-${AWS_REGION:-eu-central-1}}

# sqs ACTION COMMAND BODY: one call of the queue, by the names of API and command line; its answer lands in $answer
if [ -n "$profile" ]; then
  command -v aws >/dev/null || { echo "PROFILE needs the AWS command line on PATH." >&2; exit 2; }
  sqs() {
    AWS_PAGER='' aws --profile "$profile" --region "$region" --endpoint-url "$host" --output json --cli-connect-timeout 10 --cli-read-timeout 30 \
      sqs "$2" --cli-input-json "$3" >"$answer" || fail "$1 of $queue by the profile $profile"
  }
else
  : "${AWS_ACCESS_KEY_ID:?for the queue: name a PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY}"
  sqs() { # signed by curl
    curl -sS --fail-with-body --max-time 30 -o "$answer" -X POST --aws-sigv4 "aws:amz:$region:sqs" --user "$AWS_ACCESS_KEY_ID:${AWS_SECRET_ACCESS_KEY:-}" \
      ${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"} -H 'Content-Type: application/x-amz-json-1.0' -H "X-Amz-Target: AmazonSQS.$1" --data "$3" "$host/" ||
      fail "$1 of $queue"
  }
fi

deadline=$((SECONDS + ${WITHIN_SECONDS:-90})) empty=0
while [ $SECONDS -lt $deadline ]; do
  # Seen and not taken: it is visible again at once.
  sqs ReceiveMessage receive-message "$(jq -cn --arg url "$queue" '{QueueUrl: $url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 0}')"
  if jq -e --arg order "$order" '[.Messages[]?.Body | select(contains($order) and contains("order_create"))] | length > 0' "$answer" >/dev/null; then
    ok "the queue has order_create of order $order"
    exit 0
  fi
  sqs GetQueueAttributes get-queue-attributes "$(jq -cn --arg url "$queue" '{QueueUrl: $url, AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]}')"
  if jq -e '[.Attributes[] | tonumber] | add == 0' "$answer" >/dev/null; then empty=$((empty + 1)); else empty=0; fi
  if [[ $queue == *-order-updates ]] && [ $empty -ge 10 ]; then
    ok "nothing waits in the queue: its reader took what came"
    exit 0
  fi
  sleep 0.5
done
fail "no order_create of order $order in the queue, and it was not emptied either"
