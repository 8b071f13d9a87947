"""Names and texts that attack whoever shows them."""

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "closing script": "</script><script>alert(1)</script>",
    "event handler": '"><img src=x onerror=alert(1)>',
    "single quotes": "' onmouseover='alert(1)' autofocus onfocus='alert(1)",
    "svg": "<svg/onload=alert(1)>",
    "address": "javascript:alert(1)",
    "data address": "data:text/html,<script>alert(1)</script>",
    "other host": '<img src="http://192.0.2.7/x.png"><link rel=stylesheet href=//192.0.2.7/x.css>',
    "frame": '<iframe srcdoc="<script>alert(1)</script>"></iframe><base href="http://192.0.2.7/">',
    "htmx": '<div hx-get="http://192.0.2.7/" hx-trigger="load" hx-on:load="alert(1)"></div>',
    "template": "{{7*7}}${7*7}#{7*7}<%= 7*7 %>{% raw %}",
    "bidi": "a\u202egnp.exe\u2066\u200b\u2069b",
    "combining": "Z" + "\u0351\u036f\u0488" * 200,
    "formula": "=cmd|' /C calc'!A0",
    "path": "../../../etc/passwd?#%2e%2e/..%2f",
    "comment": "<!--><style>*{display:none}</style>-->",
    "long": "long" * 2_400,
}
