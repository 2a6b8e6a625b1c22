"""The words of the demo, in English and in Chinese."""

from __future__ import annotations

import os

ENGLISH = {
    "bureau": "City transport bureau",
    "hourly": "each hour once",
    "node": "A node, and five files as offices send them",
    "aside": "The damaged rows are kept aside, each with its reason",
    "contract": "The contract finds what is wrong with what has landed",
    "govern": "An analyst, an auditor, and what they may see",
    "owner": "Do weather and the age of the plane explain delays? The owner sees all",
    "analyst": "The analyst asks the same: no LaGuardia, tail numbers hashed, joins still work",
    "refused": "Without a purpose, or as auditor, there are no rows",
    "verify": "A stranger verifies a receipt; one byte changed is found",
    "script": "",
    "audit": "The auditor reads what happened",
    "network": "The same over the network, with three tokens",
    "asks": "asks: {rows} rows, the same as above; receipt {receipt}",
    "not": "asks, and is refused: {code}",
    "job": "sends a file as a job: {landed} rows landed; {state}",
    "state": "done",
    "wrong": "a token with one digit changed: {code}",
    "done": "Done in {seconds} s. Commands to try next:",
    "differs": "error: over the network the answer is another",
    "expected": "error: expected exit code {expected}, got {code}",
    "port": "Port authority",
    "weather": "Weather service",
    "registry": "Aircraft registry",
    "three": "Three organisations, each with a node, keys and data of its own",
    "cards": "They exchange cards: name, address, root key",
    "offers": "The weather service and the registry offer what they have, on terms",
    "agree": "The port authority asks; both sign",
    "across": "One question over the tables of all three",
    "ended": "The registry ends its agreement: the next read is refused",
    "reason": "the register is closed",
    "gone": "The weather service goes away; what was agreed and read is still proven",
    "together": "Done in {seconds} s. The three nodes are in {folder}.",
    "serving": "Tokens of owner, analyst and auditor; the node is served until Ctrl+C:",
}
CHINESE = {
    "bureau": "市交通局",
    "hourly": "每小时仅一次",
    "node": "一个节点，以及各部门实际报送的五份文件",
    "aside": "损坏的行被隔离保存，每一行都注明原因",
    "contract": "数据合约查出已入库数据中的问题",
    "govern": "一位分析员、一位审计员，以及他们各自能看到什么",
    "owner": "天气和机龄能解释航班延误吗？所有者看到全部数据",
    "analyst": "分析员问同一个问题：看不到拉瓜迪亚机场，机尾号已哈希，连接仍然成立",
    "refused": "不说明用途，或以审计员身份，一行也得不到",
    "verify": "陌生人核验回执；改动一个字节即被发现",
    "script": "（这个独立的小程序只说英语：holds 成立，BROKEN 不成立。）",
    "audit": "审计员查看发生过的一切",
    "network": "通过网络、凭三个令牌，再做一遍",
    "asks": "提问：{rows} 行，与上面相同；回执 {receipt}",
    "not": "提问，被拒绝：{code}",
    "job": "以作业方式报送文件：入库 {landed} 行；{state}",
    "state": "已完成",
    "wrong": "令牌改动一位：{code}",
    "done": "用时 {seconds} 秒。接下来可以试试这些命令：",
    "differs": "错误：经网络得到的答案不同",
    "expected": "错误：退出码应为 {expected}，实为 {code}",
    "port": "港务局",
    "weather": "气象局",
    "registry": "航空器登记处",
    "three": "三个组织，各有自己的节点、密钥和数据",
    "cards": "相互交换名片：名称、地址、根密钥",
    "offers": "气象局和登记处按条款提供各自的数据",
    "agree": "港务局提出请求；双方签署",
    "across": "一个问题，跨三家的数据表",
    "ended": "登记处终止协议：下一次读取即被拒绝",
    "reason": "登记簿已关闭",
    "gone": "气象局离线；约定与读取的一切仍可证明",
    "together": "用时 {seconds} 秒。三个节点在 {folder}。",
    "serving": "所有者、分析员和审计员的令牌如下；节点服务运行中，按 Ctrl+C 停止：",
}


def word(name: str, **given: object) -> str:
    """A sentence in the language that Doumen itself speaks here."""
    return (CHINESE if chinese() else ENGLISH)[name].format(**given)


def chinese() -> bool:
    """Whether the environment asks for Chinese, as the command line reads it."""
    names = ("DOUMEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    wished = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return wished.lower().startswith("zh")
