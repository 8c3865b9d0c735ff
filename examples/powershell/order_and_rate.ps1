<#
.SYNOPSIS
Register, sign in, order, look at the order, rate it and read the figures: the older client's eleven steps.

.DESCRIPTION
Runs in PowerShell 7 and in Windows PowerShell 5.1. What it sends is what the scale-up guide's commands send, field by
field; it stops at the first answer that is not a success.

.EXAMPLE
./order_and_rate.ps1 https://<api>.execute-api.<region>.amazonaws.com/<stage>
#>
[CmdletBinding()]
param(
    # The API's base URL; by default API_ENDPOINT of the environment.
    [Parameter(Position = 0)]
    [string] $ApiEndpoint = $env:API_ENDPOINT
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# Windows PowerShell draws a bar for each request, which takes longer than the request.
$ProgressPreference = 'SilentlyContinue'

function Stop-Example([string] $Message) {
    [Console]::Error.WriteLine($Message)
    exit 1
}

# Sends one request and returns the answer; anything but a success ends the script with the reason.
function Send-Request([string] $Method, [string] $Path, $Body = $null, [hashtable] $Headers = @{}) {
    $request = @{
        Uri = "$ApiEndpoint$Path"; Method = $Method; Headers = $Headers; ContentType = 'application/json'; TimeoutSec = 30
    }
    if ($null -ne $Body) { $request.Body = $Body | ConvertTo-Json -Depth 5 }
    try {
        return Invoke-RestMethod @request
    } catch {
        $said = if ($_.ErrorDetails) { $_.ErrorDetails.Message } else { $_.Exception.Message }
        Stop-Example "$Method $ApiEndpoint$Path failed: $said"
    }
}

function Show-Step([string] $Title, $Answer) {
    Write-Output $Title
    $Answer | ConvertTo-Json -Depth 6 | Write-Output
    Write-Output ''
}

# 1. Where the API is
if ($ApiEndpoint -notmatch '^https?://') {
    Stop-Example 'Say where the API is: order_and_rate.ps1 <base URL>, or API_ENDPOINT=<base URL> in the environment.'
}
$ApiEndpoint = $ApiEndpoint.TrimEnd('/')

# 2. A customer who does not exist yet
$email = 'directcmd' + (Get-Date -Format 'yyyyMMddHHmmss') + (Get-Random -Minimum 100 -Maximum 999) + '@example.com'
$password = 'CmdP@$$wOrd' + (Get-Random -Minimum 100 -Maximum 999) + '!'

# 3. What registering needs
$registration = @{
    email       = $email
    password    = $password
    firstName   = 'DirectCmd'
    lastName    = 'TestUser'
    phoneNumber = '+1' + (Get-Random -Minimum 1000000000 -Maximum 1999999999)
}

# 4. Register
$registered = Send-Request Post '/register' $registration
Show-Step "4. Registered $email" $registered
$userId = $registered.userSub

# 5. What signing in needs
$credentials = @{ email = $email; password = $password }

# 6. Sign in; the token is nobody else's business, so it is not shown
$tokens = Send-Request Post '/login' $credentials
Show-Step '6. Signed in' @{ expiresIn = $tokens.expiresIn }
$headers = @{ Authorization = $tokens.idToken }

# 7. Order two products, at the prices we know: the API refuses the order should they have changed
$order = @{
    userId          = $userId
    items           = @(
        @{ productId = 'ITEM001'; productName = 'Test Item Alpha'; quantity = 1; price = 19.99 },
        @{ productId = 'ITEM002'; productName = 'Test Item Beta'; quantity = 2; price = 7.50 }
    )
    shippingAddress = @{ street = '456 Test Ave'; city = 'CmdVille'; zipCode = '98765'; country = 'DE' }
}
$accepted = Send-Request Post '/orders' $order $headers
Show-Step '7. Ordered' $accepted
$orderId = $accepted.orderId

# 8. All orders of the customer
Show-Step "8. The customer's orders" (Send-Request Get "/orders?userId=$userId" $null $headers)

# 9. This order
Show-Step '9. The order' (Send-Request Get "/orders/$orderId" $null $headers)

# 10. Rate it
$feedback = @{
    userId   = $userId
    orderId  = $orderId
    rating   = 4
    comment  = "Testing feedback with direct commands. API Time: $(Get-Date)"
    category = 'Direct Test'
}
Show-Step '10. Rated' (Send-Request Post '/feedback' $feedback $headers)

# 11. What the customer may see of the figures
Show-Step '11. The summary' (Send-Request Get '/analytics' $null $headers)
