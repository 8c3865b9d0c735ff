#!/bin/sh
# Register, sign in, order, look at the order, rate it and read the figures: the older client's eleven steps.
#
#   sh order_and_rate.sh https://<api>.execute-api.<region>.amazonaws.com/<stage>
#
# Needs curl; answers are laid out where there is jq. The base URL may also be in the environment as API_ENDPOINT.
set -eu

# 1. Where the API is
api=${1:-${API_ENDPOINT:-}}
api=${api%/}
case $api in
  http://* | https://*) ;;
  *) echo "Say where the API is: order_and_rate.sh <base URL>, or API_ENDPOINT=<base URL> in the environment." >&2; exit 1 ;;
esac
command -v curl >/dev/null || { echo "This needs curl on PATH." >&2; exit 1; }

token=
answer=
call() { # <method> <path> [body]: sets $answer; anything but a success ends the script with the reason
  method=$1 path=$2 body=${3:-}
  # Token and body go in by the standard input: a command line is for everybody on the machine to read.
  answer=$(
    {
      echo 'header = "Content-Type: application/json"'
      [ -z "$token" ] || echo "header = \"Authorization: $token\""
      [ -z "$body" ] || echo "data = \"$(printf %s "$body" | tr '\n' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g')\""
    } | curl --config - --silent --show-error --max-time 30 --request "$method" --write-out '\n%{http_code}' "$api$path"
  ) || { echo "$method $api$path got no answer." >&2; exit 1; }
  status=${answer##*
}
  answer=${answer%
*}
  case $status in
    2??) ;;
    *) echo "$method $api$path answered $status: $answer" >&2; exit 1 ;;
  esac
}

field() { # <name>: a text field of $answer
  value=$(printf %s "$answer" | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1)
  [ -n "$value" ] || { echo "The answer has no $1: is $api the API's base URL? It said: $answer" >&2; exit 1; }
  printf %s "$value"
}

show() { # <step and what it did> [answer]
  echo "$1"
  if command -v jq >/dev/null; then printf '%s\n\n' "${2:-$answer}" | jq .; else printf '%s\n\n' "${2:-$answer}"; fi
}

# 2. A customer who does not exist yet
number=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
email="curl-$(date +%s)-$number@example.com"
password="CmdP@\$\$wOrd$((number % 900 + 100))!"

# 3 and 4. Register
call POST /register '{"email": "'"$email"'", "password": "'"$password"'", "firstName": "Direct", "lastName": "Client",
  "phoneNumber": "+1'"$((1000000000 + number % 1000000000))"'"}'
show "4. Registered $email"
user_id=$(field userSub)

# 5 and 6. Sign in; the token is nobody else's business, so it is not shown
call POST /login '{"email": "'"$email"'", "password": "'"$password"'"}'
token=$(field idToken)
echo "6. Signed in"
echo

# 7. Order two products, at the prices we know: the API refuses the order should they have changed
call POST /orders '{"userId": "'"$user_id"'",
  "items": [
    {"productId": "ITEM001", "productName": "Test Item Alpha", "quantity": 1, "price": 19.99},
    {"productId": "ITEM002", "productName": "Test Item Beta", "quantity": 2, "price": 7.50}
  ],
  "shippingAddress": {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}}'
show "7. Ordered"
order_id=$(field orderId)

# 8 and 9. All orders of the customer, and this one
call GET "/orders?userId=$user_id"
show "8. The customer's orders"
call GET "/orders/$order_id"
show "9. The order"

# 10. Rate it
call POST /feedback '{"userId": "'"$user_id"'", "orderId": "'"$order_id"'", "rating": 4, "category": "Direct Test",
  "comment": "Testing feedback with direct commands. API Time: '"$(date -u '+%Y-%m-%d %H:%M:%S')"'"}'
show "10. Rated"

# 11. What the customer may see of the figures
call GET /analytics
show "11. The summary"
